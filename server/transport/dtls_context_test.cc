// The policy of our DTLS server, seen by OpenSSL clients that are configured in other ways than
// ours.
#include "transport/dtls_context.h"

#include <gtest/gtest.h>
#include <openssl/rsa.h>
#include <openssl/srtp.h>

#include <functional>
#include <optional>

#include "transport/certificate_native.h"
#include "transport/dtls.h"
#include "transport/dtls_bio.h"

namespace conclave::transport {
namespace {

class TestAgent : public IceAgent {
 public:
  using IceAgent::MakeValidated;
};

const Certificate& ServerCertificate() {
  static const Certificate certificate = Certificate::Generate().value();
  return certificate;
}

struct Identity {
  OpenSslPtr<EVP_PKEY> key;
  OpenSslPtr<X509> certificate;
};
Identity MakeIdentity(EVP_PKEY* key) {
  Identity identity{OpenSslPtr<EVP_PKEY>(key), OpenSslPtr<X509>(X509_new())};
  X509* certificate = identity.certificate.get();
  EXPECT_EQ(X509_set_pubkey(certificate, key), 1);
  EXPECT_EQ(ASN1_TIME_set_string(X509_getm_notBefore(certificate), "20250101000000Z"), 1);
  EXPECT_EQ(ASN1_TIME_set_string(X509_getm_notAfter(certificate), "20250102000000Z"), 1);
  EXPECT_GT(X509_sign(certificate, key, EVP_sha256()), 0);
  return identity;
}
const Identity& Ecdsa() {
  static const Identity identity = MakeIdentity(EVP_EC_gen("P-256"));
  return identity;
}
const Identity& Rsa() {
  static const Identity identity = MakeIdentity(EVP_RSA_gen(2048));
  return identity;
}

// Our server against a client of the test's own making, on a perfect network.
class Encounter {
 public:
  using Configure = std::function<void(SSL_CTX*)>;
  Encounter(const Identity& identity, const Configure& configure)
      : context_(ServerCertificate()),
        server(context_, DtlsRole::kServer, FingerprintOf(identity.certificate.get()).value(),
               Duration::Seconds(5)),
        method_(DtlsBio::MakeMethod()),
        client_context_(SSL_CTX_new(DTLS_method())) {
    SSL_CTX_set_options(client_context_.get(), SSL_OP_NO_QUERY_MTU);
    SSL_CTX_use_certificate(client_context_.get(), identity.certificate.get());
    SSL_CTX_use_PrivateKey(client_context_.get(), identity.key.get());
    SSL_CTX_set_tlsext_use_srtp(client_context_.get(), "SRTP_AEAD_AES_128_GCM");
    configure(client_context_.get());
    client_.reset(SSL_new(client_context_.get()));
    BIO* bio = client_bio_.MakeBio(method_.get());
    SSL_set_bio(client_.get(), bio, bio);
    DTLS_set_link_mtu(client_.get(), kDtlsLinkMtu);
    SSL_set_connect_state(client_.get());
  }

  void Run() {
    SSL_do_handshake(client_.get());
    // Six flights at most, and the alerts behind them.
    for (int round = 0; round < 10; ++round) {
      ToServer();
      for (size_t i = 0; i < out_.size(); ++i) {
        client_bio_.SetInput(out_[i].bytes);
        if (SSL_do_handshake(client_.get()) == 1) SSL_read(client_.get(), &unused_, 1);
      }
      out_.Clear();
    }
  }
  // Delivers what the client wrote; returns how many datagrams.
  size_t ToServer() {
    const size_t count = client_bio_.output_count();
    for (size_t i = 0; i < count; ++i) {
      server.OnDatagram(now_, path_, client_bio_.output(i), out_);
    }
    client_bio_.ClearOutput();
    return count;
  }
  // Our own end closes; whether OpenSSL at the other took it for that.
  bool ServerCloses() {
    server.Close(path_, out_);
    for (size_t i = 0; i < out_.size(); ++i) {
      client_bio_.SetInput(out_[i].bytes);
      SSL_read(client_.get(), &unused_, 1);
    }
    return (SSL_get_shutdown(client_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
  }
  bool connected() const { return server.state() == DtlsState::kConnected; }
  std::optional<SrtpProfile> profile() const {
    if (!server.keys()) return std::nullopt;
    return server.keys()->local.profile;
  }
  SSL* client() { return client_.get(); }

 private:
  DtlsContext context_;

 public:
  Dtls server;

 private:
  OpenSslPtr<BIO_METHOD> method_;
  OpenSslPtr<SSL_CTX> client_context_;
  DtlsBio client_bio_;
  OpenSslPtr<SSL> client_;
  Instant now_ = Instant::FromMicros(1);
  ValidatedPath path_ = TestAgent::MakeValidated(Path{});
  Outbox out_;
  char unused_ = 0;
};

Encounter::Configure Offers(const char* profiles) {
  return [profiles](SSL_CTX* context) { SSL_CTX_set_tlsext_use_srtp(context, profiles); };
}

std::optional<SrtpProfile> ProfileFor(const char* offered) {
  Encounter encounter(Ecdsa(), Offers(offered));
  encounter.Run();
  return encounter.profile();
}

TEST(DtlsPolicy, OurOrderOfSrtpProfilesDecides) {
  EXPECT_EQ(ProfileFor("SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM"),
            SrtpProfile::kAeadAes128Gcm);
  EXPECT_EQ(ProfileFor("SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM"),
            SrtpProfile::kAeadAes256Gcm);
  EXPECT_EQ(ProfileFor("SRTP_AES128_CM_SHA1_32:SRTP_AES128_CM_SHA1_80"),
            SrtpProfile::kAes128CmSha1_80);
}

TEST(DtlsPolicy, NoCommonSrtpProfileNoAssociation) {
  Encounter encounter(Ecdsa(), Offers("SRTP_AES128_CM_SHA1_32"));
  encounter.Run();
  EXPECT_EQ(encounter.server.state(), DtlsState::kFailed);
  EXPECT_FALSE(encounter.server.keys());
}

TEST(DtlsPolicy, ExtendedMasterSecretIsRequired) {
  Encounter encounter(Ecdsa(), [](SSL_CTX* context) {
    SSL_CTX_set_options(context, SSL_OP_NO_EXTENDED_MASTER_SECRET);
  });
  encounter.Run();
  EXPECT_EQ(encounter.server.state(), DtlsState::kFailed);
  EXPECT_FALSE(encounter.server.keys());
}

TEST(DtlsPolicy, OnlyDtls12) {
  Encounter encounter(Ecdsa(), [](SSL_CTX* context) {
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0");
    SSL_CTX_set_min_proto_version(context, DTLS1_VERSION);
    SSL_CTX_set_max_proto_version(context, DTLS1_VERSION);
  });
  encounter.Run();
  EXPECT_FALSE(encounter.connected());
}

TEST(DtlsPolicy, OnlyForwardSecretAead) {
  for (const char* suites :
       {"AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA", "DHE-RSA-AES128-GCM-SHA256"}) {
    Encounter encounter(Ecdsa(),
                        [suites](SSL_CTX* context) { SSL_CTX_set_cipher_list(context, suites); });
    encounter.Run();
    EXPECT_FALSE(encounter.connected()) << suites;
  }
}

TEST(DtlsPolicy, ClientWithoutCertificateGetsNoKeys) {
  Encounter encounter(Ecdsa(), [](SSL_CTX* context) {
    SSL_CTX_set_cert_cb(
        context,
        [](SSL* ssl, void*) {
          SSL_certs_clear(ssl);
          return 1;
        },
        nullptr);
  });
  encounter.Run();
  EXPECT_FALSE(encounter.connected());
  EXPECT_FALSE(encounter.server.keys());
}

TEST(DtlsPolicy, RsaCertificateAndExpiryAreFine) {
  Encounter encounter(Rsa(), Offers("SRTP_AEAD_AES_128_GCM"));
  encounter.Run();
  EXPECT_TRUE(encounter.connected());
}

TEST(DtlsPolicy, SettledEndSpeaksTheAlertsOfEverySuite) {
  for (const char* suite : {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"}) {
    SCOPED_TRACE(suite);
    for (const bool server_closes : {true, false}) {
      Encounter encounter(Ecdsa(), [suite](SSL_CTX* context) {
        EXPECT_EQ(SSL_CTX_set_cipher_list(context, suite), 1);
      });
      encounter.Run();
      encounter.server.Settle();
      ASSERT_TRUE(encounter.connected());
      if (server_closes) {
        EXPECT_TRUE(encounter.ServerCloses());
      } else {
        SSL_shutdown(encounter.client());
        EXPECT_EQ(encounter.ToServer(), 1u);
      }
      EXPECT_EQ(encounter.server.state(), DtlsState::kClosed);
    }
  }
}

TEST(DtlsPolicy, RenegotiationChangesNothing) {
  Encounter encounter(Ecdsa(), Offers("SRTP_AEAD_AES_128_GCM"));
  encounter.Run();
  ASSERT_TRUE(encounter.connected());
  const auto key = encounter.server.keys()->local.key;
  SSL_renegotiate(encounter.client());
  SSL_do_handshake(encounter.client());
  EXPECT_GT(encounter.ToServer(), 0u) << "a ClientHello, encrypted";
  ASSERT_TRUE(encounter.connected());
  EXPECT_EQ(encounter.server.keys()->local.key, key);
}

}  // namespace
}  // namespace conclave::transport
