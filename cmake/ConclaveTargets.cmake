# conclave_library(NAME [DEPS target...] [EXCLUDE file...])
#   A static library `conclave_NAME` from every .cc beside the CMakeLists.txt that calls it, and one
#   test program `NAME_test` from every *_test.cc. DEPS are linked publicly and, together with the
#   table in ARCHITECTURE.md that `tools/tidy` checks, are the only folders it may include.

add_library(conclave_flags INTERFACE)
target_compile_features(conclave_flags INTERFACE cxx_std_20)
target_include_directories(conclave_flags INTERFACE ${CMAKE_SOURCE_DIR}/server ${CMAKE_SOURCE_DIR})
target_compile_options(conclave_flags INTERFACE
  -Wall -Wextra -Wconversion -Wshadow -Wformat-security -Werror
  # A designated initializer that leaves out members wants their defaults.
  -Wno-missing-field-initializers
  # Clang counts sign conversions into -Wconversion, gcc does not: both ask the same.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-sign-conversion>
  -fno-omit-frame-pointer -fstack-protector-strong
  "$<$<CONFIG:RelWithDebInfo>:-O2;-g1;-UNDEBUG;-D_FORTIFY_SOURCE=2;-D_GLIBCXX_ASSERTIONS>"
  "$<$<CONFIG:Debug>:-O1;-g1>"
  # Paths in the binary and in the compiler cache do not depend on where the checkout lies.
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
target_link_options(conclave_flags INTERFACE
  "$<$<CONFIG:RelWithDebInfo>:-Wl,-z,relro,-z,now,-z,noexecstack>")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # mold and gcc's LTO plugin disagree about partitions in Debian 12, so LTO links use the default.
  if(NOT CMAKE_INTERPROCEDURAL_OPTIMIZATION)
    target_link_options(conclave_flags INTERFACE -fuse-ld=mold)
  endif()
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_link_options(conclave_flags INTERFACE -fuse-ld=lld)
endif()
if(CONCLAVE_SANITIZE)
  target_compile_options(conclave_flags INTERFACE
    -fsanitize=${CONCLAVE_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(conclave_flags INTERFACE -fsanitize=${CONCLAVE_SANITIZE})
endif()
if(CONCLAVE_FUZZ)
  target_compile_options(conclave_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

if(CONCLAVE_TESTS)
  find_package(GTest REQUIRED)
endif()

# conclave_test(NAME SOURCES file... DEPS target...): one gtest program, registered with ctest.
function(conclave_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE conclave_flags ${arg_DEPS} GTest::gmock GTest::gtest GTest::gtest_main)
  target_precompile_headers(${name} PRIVATE <gmock/gmock.h> <gtest/gtest.h>)
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1)
endfunction()

function(conclave_library name)
  cmake_parse_arguments(arg "" "" "DEPS;TEST_DEPS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  if(sources)
    add_library(conclave_${name} STATIC ${sources})
    target_link_libraries(conclave_${name} PUBLIC conclave_flags ${arg_DEPS})
  else()
    add_library(conclave_${name} INTERFACE)
    target_link_libraries(conclave_${name} INTERFACE conclave_flags ${arg_DEPS})
  endif()
  if(tests AND CONCLAVE_TESTS)
    conclave_test(${name}_test SOURCES ${tests} DEPS conclave_${name} ${arg_TEST_DEPS})
  endif()
endfunction()
