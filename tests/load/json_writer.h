// Writes JSON, field by field.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace conclave::load {

class JsonWriter {
 public:
  JsonWriter& Begin(std::string_view name = {}) { return Open(name, '{'); }
  JsonWriter& BeginList(std::string_view name) { return Open(name, '['); }
  JsonWriter& End() { return Close('}'); }
  JsonWriter& EndList() { return Close(']'); }

  JsonWriter& Field(std::string_view name, uint64_t value) {
    Name(name);
    text_ += std::to_string(value);
    return *this;
  }
  JsonWriter& Field(std::string_view name, double value) {
    Name(name);
    char number[32];
    std::snprintf(number, sizeof(number), "%.6g", value);
    text_ += number;
    return *this;
  }
  JsonWriter& Field(std::string_view name, bool value) {
    Name(name);
    text_ += value ? "true" : "false";
    return *this;
  }
  JsonWriter& Field(std::string_view name, const std::string& value) {
    Name(name);
    text_ += Quoted(value);
    return *this;
  }
  JsonWriter& Null(std::string_view name) {
    Name(name);
    text_ += "null";
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  JsonWriter& Open(std::string_view name, char bracket) {
    Name(name);
    text_ += bracket;
    first_ = true;
    return *this;
  }
  JsonWriter& Close(char bracket) {
    text_ += bracket;
    first_ = false;
    return *this;
  }
  void Name(std::string_view name) {
    if (!first_) text_ += ',';
    first_ = false;
    if (!name.empty()) text_ += Quoted(std::string(name)) + ":";
  }
  static std::string Quoted(const std::string& value) {
    std::string out = "\"";
    for (const char c : value) {
      if (c == '"' || c == '\\') out += '\\';
      out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return out + "\"";
  }

  std::string text_;
  bool first_ = true;
};

}  // namespace conclave::load
