#include "io/tls_certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <filesystem>

#include "io/openssl_pointers.h"
#include "io/temporary_directory.h"

namespace conclave::io {
namespace {

using ::testing::HasSubstr;

CertificatePointer Parse(const std::string& pem) {
  const BioPointer bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return CertificatePointer(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

const CertificateNames kNames = {{"localhost", "meet"},
                                 {IpAddress::V4(192, 0, 2, 1), *IpAddress::Parse("2001:db8::1")}};

TEST(SelfSignedTest, IsGoodForItsNamesAndForNoOthers) {
  const TlsCertificate made = MakeSelfSigned(kNames);
  EXPECT_TRUE(made.self_signed);
  const CertificatePointer certificate = Parse(made.chain_pem);
  ASSERT_TRUE(certificate);
  EXPECT_EQ(X509_check_host(certificate.get(), "localhost", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_host(certificate.get(), "meet", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_host(certificate.get(), "elsewhere", 0, 0, nullptr), 0);
  EXPECT_EQ(X509_check_ip_asc(certificate.get(), "192.0.2.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate.get(), "2001:db8::1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate.get(), "192.0.2.2", 0), 0);
}

TEST(SelfSignedTest, IsP256AndValidNowButNotTooLong) {
  const CertificatePointer certificate = Parse(MakeSelfSigned(kNames).chain_pem);
  EVP_PKEY* key = X509_get0_pubkey(certificate.get());
  EXPECT_EQ(EVP_PKEY_get_bits(key), 256);
  EXPECT_EQ(X509_verify(certificate.get(), key), 1);
  EXPECT_LT(X509_cmp_current_time(X509_get0_notBefore(certificate.get())), 0);
  int days = 0;
  int seconds = 0;
  ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(certificate.get()),
                 X509_get0_notAfter(certificate.get()));
  EXPECT_EQ(days, 397);
}

TEST(SelfSignedTest, HostileNamesAreLeftOut) {
  const CertificatePointer certificate =
      Parse(MakeSelfSigned({{"good", "bad,IP:10.0.0.1", ""}, {}}).chain_pem);
  EXPECT_EQ(X509_check_host(certificate.get(), "good", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate.get(), "10.0.0.1", 0), 0);
}

TEST(SelfSignedTest, IsMadeOnceAndItsKeyIsSecret) {
  TemporaryDirectory directory;
  const std::string state = directory.path() + "/deep/state";
  const auto first = LoadOrMakeSelfSigned(state, kNames);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_TRUE(first->created);
  struct stat info {};
  ASSERT_EQ(stat((state + "/self-signed.key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);

  const auto second = LoadOrMakeSelfSigned(state, kNames);
  ASSERT_TRUE(second);
  EXPECT_FALSE(second->created);
  EXPECT_TRUE(second->certificate.self_signed);
  EXPECT_EQ(second->certificate.chain_pem, first->certificate.chain_pem);
}

TEST(SelfSignedTest, ABrokenPairIsMadeAnew) {
  TemporaryDirectory directory;
  const auto first = LoadOrMakeSelfSigned(directory.path(), kNames);
  directory.Write("self-signed.key", MakeSelfSigned(kNames).key_pem);
  const auto second = LoadOrMakeSelfSigned(directory.path(), kNames);
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->created);
  EXPECT_FALSE(LoadOrMakeSelfSigned(directory.path(), kNames)->created);
}

TEST(SelfSignedTest, AStateDirectoryThatCannotBeMadeIsNamed) {
  TemporaryDirectory directory;
  const std::string file = directory.Write("file", "x");
  const auto made = LoadOrMakeSelfSigned(file + "/state", kNames);
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, AllOf(HasSubstr(file), HasSubstr("--state-dir")));
}

TEST(LoadTlsCertificateTest, TakesAPairThatBelongsTogether) {
  TemporaryDirectory directory;
  const TlsCertificate made = MakeSelfSigned(kNames);
  const auto loaded = LoadTlsCertificate(directory.Write("a.crt", made.chain_pem),
                                         directory.Write("a.key", made.key_pem));
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->chain_pem, made.chain_pem);
  EXPECT_FALSE(loaded->self_signed);
}

TEST(LoadTlsCertificateTest, EveryFaultNamesItsFile) {
  TemporaryDirectory directory;
  const TlsCertificate made = MakeSelfSigned(kNames);
  const std::string certificate = directory.Write("a.crt", made.chain_pem);
  const std::string key = directory.Write("a.key", made.key_pem);
  const std::string other_key = directory.Write("b.key", MakeSelfSigned(kNames).key_pem);
  const std::string nonsense = directory.Write("nonsense", "-----BEGIN");
  const auto error = [](const std::string& first, const std::string& second) {
    const auto loaded = LoadTlsCertificate(first, second);
    return loaded ? std::string("none") : loaded.error().message;
  };
  EXPECT_THAT(error("/nowhere.crt", key), HasSubstr("/nowhere.crt"));
  EXPECT_THAT(error(certificate, "/nowhere.key"), HasSubstr("/nowhere.key"));
  EXPECT_THAT(error(nonsense, key), HasSubstr("no PEM certificate"));
  EXPECT_THAT(error(certificate, nonsense), HasSubstr("no PEM private key"));
  EXPECT_THAT(error(certificate, other_key), HasSubstr("does not belong"));
}

}  // namespace
}  // namespace conclave::io
