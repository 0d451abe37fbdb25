// TLS over a connection of this machine: by keys, by certificates, and when it goes wrong.

#include "protos/auth/secure_socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "protos/auth/key_schedule.h"
#include "tests/support/certificates.h"
#include "tests/support/socket_pair.h"

namespace syncmanager {
namespace {

using Handshake = SecureSocket::Handshake;
using Shared = std::shared_ptr<const TlsCredentials>;
using testing::HasSubstr;

std::string key_of(char letter) { return std::string(32, letter); }

Shared manager_with(const std::string& known_id, char letter) {
  return TlsCredentials::for_manager([known_id, letter](std::string_view id) {
    return AuthKeys(id == known_id ? key_of(letter) : key_of('?')).tls.clone();
  });
}

Shared client_with(const std::string& id, char letter) {
  return TlsCredentials::for_client(id, AuthKeys(key_of(letter)).tls.clone());
}

// Both ends of a connection, in one thread.
struct Ends {
  Ends(Shared for_manager, Shared for_client, const std::string& host = "localhost")
      : manager(pair.server(), std::move(for_manager)),
        client(pair.client(), std::move(for_client), host) {}

  // Goes on until neither end has anything to say. Sets what each came to.
  void shake_hands() {
    for (int i = 0; i < 10; ++i) {
      if (of_client == Handshake::kMustRead) of_client = client.shake_hands();
      if (of_manager == Handshake::kMustRead) of_manager = manager.shake_hands();
    }
  }
  bool are_done() const { return of_client == Handshake::kDone && of_manager == Handshake::kDone; }

  SocketPair pair = SocketPair::unix_socket();
  SecureSocket manager, client;
  Handshake of_manager = Handshake::kMustRead, of_client = Handshake::kMustRead;
};

std::string receive(SecureSocket& socket, size_t most = 4096) {
  std::string bytes(most, '\0');
  const ssize_t size = socket.receive(bytes);
  return size < 0 ? "errno " + std::to_string(errno) : bytes.substr(0, static_cast<size_t>(size));
}

const std::string kNothingYet = "errno " + std::to_string(EAGAIN);

TEST(SecureSocketTest, WithoutTlsBytesPassAsTheyAre) {
  const SocketPair pair = SocketPair::unix_socket();
  SecureSocket client(pair.client());
  SecureSocket manager(pair.server());
  EXPECT_EQ(client.shake_hands(), Handshake::kDone);
  EXPECT_EQ(receive(manager), kNothingYet);
  EXPECT_EQ(client.send("hello"), 5);
  EXPECT_EQ(receive(manager), "hello");
  EXPECT_EQ(client.channel_binding(), "");
  EXPECT_FALSE(client.is_secure());
}

TEST(SecureSocketTest, BytesPassBothWaysByAKeyAndNobodySeesThem) {
  Ends ends(manager_with("workers", 'k'), client_with("workers", 'k'));
  ends.shake_hands();
  ASSERT_TRUE(ends.are_done()) << ends.client.error() << ends.manager.error();
  EXPECT_EQ(receive(ends.client), kNothingYet);

  EXPECT_EQ(ends.client.send("a secret"), 8);
  std::string passing(4096, '\0');
  passing.resize(
      static_cast<size_t>(::recv(ends.pair.server(), passing.data(), passing.size(), MSG_PEEK)));
  EXPECT_THAT(passing, testing::Not(HasSubstr("secret")));
  EXPECT_EQ(receive(ends.manager), "a secret");
  EXPECT_EQ(ends.manager.send("another"), 7);
  EXPECT_EQ(receive(ends.client), "another");
}

TEST(SecureSocketTest, BothEndsAreBoundToTheSameConnectionAndToNoOther) {
  Ends one(manager_with("workers", 'k'), client_with("workers", 'k'));
  Ends other(manager_with("workers", 'k'), client_with("workers", 'k'));
  one.shake_hands();
  other.shake_hands();
  EXPECT_EQ(one.client.channel_binding().size(), 32u);
  EXPECT_EQ(one.client.channel_binding(), one.manager.channel_binding());
  EXPECT_NE(one.client.channel_binding(), other.client.channel_binding());
}

TEST(SecureSocketTest, AWrongKeyIsAWrongProofAtBothEnds) {
  Ends ends(manager_with("workers", 'k'), client_with("workers", 'x'));
  ends.shake_hands();
  EXPECT_EQ(ends.of_manager, Handshake::kWrongProof);
  EXPECT_EQ(ends.of_client, Handshake::kWrongProof);
}

TEST(SecureSocketTest, AnUnknownKeyIdLooksLikeAWrongKey) {
  Ends wrong(manager_with("workers", 'k'), client_with("workers", 'x'));
  Ends unknown(manager_with("workers", 'k'), client_with("nobody", 'k'));
  wrong.shake_hands();
  unknown.shake_hands();
  EXPECT_EQ(unknown.of_client, Handshake::kWrongProof);
  EXPECT_EQ(unknown.client.error(), wrong.client.error());
}

TEST(SecureSocketTest, AnotherProtocolIsNoWrongProof) {
  const SocketPair pair = SocketPair::unix_socket();
  SecureSocket manager(pair.server(), manager_with("workers", 'k'));
  ::send(pair.client(), "GET / HTTP/1.0\r\n\r\n", 18, MSG_NOSIGNAL);
  EXPECT_EQ(manager.shake_hands(), Handshake::kFailed);
}

TEST(SecureSocketTest, TheEndOfTheConnectionIsTheEnd) {
  Ends ends(manager_with("workers", 'k'), client_with("workers", 'k'));
  ends.shake_hands();
  ends.client.send("the last word");
  ends.pair.close_client();
  EXPECT_EQ(receive(ends.manager), "the last word");
  EXPECT_EQ(receive(ends.manager), "");
  EXPECT_EQ(ends.manager.error(), "");
}

TEST(SecureSocketTest, BytesThatSomebodyChangedBreakTls) {
  Ends ends(manager_with("workers", 'k'), client_with("workers", 'k'));
  ends.shake_hands();
  // A record of 24 bytes that no key has protected.
  const std::string forged = std::string("\x17\x03\x03\0\x18", 5) + std::string(24, 'f');
  ::send(ends.pair.client(), forged.data(), forged.size(), MSG_NOSIGNAL);
  EXPECT_EQ(receive(ends.manager), "errno " + std::to_string(EPROTO));
  EXPECT_NE(ends.manager.error(), "");
}

TEST(SecureSocketTest, WhatHasNoRoomIsMoreThatHasCome) {
  Ends ends(manager_with("workers", 'k'), client_with("workers", 'k'));
  ends.shake_hands();
  ends.client.send("one, two");
  EXPECT_FALSE(ends.manager.has_more());
  EXPECT_EQ(receive(ends.manager, 3), "one");
  EXPECT_TRUE(ends.manager.has_more());
  EXPECT_EQ(receive(ends.manager), ", two");
  EXPECT_FALSE(ends.manager.has_more());
}

TEST(SecureSocketTest, AFullSocketTakesTheRestLater) {
  Ends ends(manager_with("workers", 'k'), client_with("workers", 'k'));
  ends.shake_hands();
  std::string sent(8 << 20, '\0');
  for (size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>(i >> 10);
  std::string received;
  bool was_full = false;
  for (size_t done = 0; received.size() < sent.size();) {
    const ssize_t size = ends.client.send(std::string_view(sent).substr(done));
    was_full |= size < static_cast<ssize_t>(sent.size() - done);
    if (size < 0) {
      ASSERT_EQ(errno, EAGAIN) << ends.client.error();
    } else {
      done += static_cast<size_t>(size);
    }
    std::string part(100'000, '\0');
    const ssize_t taken = ends.manager.receive(part);
    if (taken > 0) received.append(part, 0, static_cast<size_t>(taken));
  }
  EXPECT_TRUE(was_full);
  EXPECT_TRUE(received == sent);
}

TEST(SecureSocketTest, OneThreadSendsWhileAnotherReceives) {
  Ends ends(manager_with("workers", 'k'), client_with("workers", 'k'));
  ends.shake_hands();
  constexpr size_t kBytes = 2 << 20;
  const auto send_all = [](SecureSocket& socket) {
    const std::string bytes(kBytes, 's');
    for (size_t done = 0; done < kBytes;) {
      const ssize_t size = socket.send(std::string_view(bytes).substr(done));
      if (size > 0) done += static_cast<size_t>(size);
      pollfd full{socket.descriptor(), POLLOUT, 0};
      if (size < 0) ::poll(&full, 1, -1);
    }
  };
  const auto receive_all = [](SecureSocket& socket) {
    std::vector<char> room(64 << 10);
    for (size_t done = 0; done < kBytes;) {
      const ssize_t size = socket.receive(room);
      if (size > 0) done += static_cast<size_t>(size);
      pollfd empty{socket.descriptor(), POLLIN, 0};
      if (size < 0) ::poll(&empty, 1, -1);
    }
  };
  std::thread there([&] { send_all(ends.client); }), back([&] { send_all(ends.manager); });
  std::thread reader([&] { receive_all(ends.manager); });
  receive_all(ends.client);
  there.join();
  back.join();
  reader.join();
}

class CertificatesTest : public testing::Test {
 protected:
  static Shared manager(const CertificateFiles& files) {
    return *TlsCredentials::for_manager(files);
  }
  static Shared client(const CertificateFiles& files) { return *TlsCredentials::for_client(files); }

  const Certificates ours_, others_;
};

TEST_F(CertificatesTest, BothEndsProveWhoTheyAre) {
  for (const char* const host : {"localhost", "127.0.0.1"}) {
    Ends ends(manager(ours_.manager()), client(ours_.client()), host);
    ends.shake_hands();
    ASSERT_TRUE(ends.are_done()) << host << ends.client.error() << ends.manager.error();
    ends.client.send("hello");
    EXPECT_EQ(receive(ends.manager), "hello");
    EXPECT_EQ(ends.client.channel_binding(), ends.manager.channel_binding());
  }
}

TEST_F(CertificatesTest, AManagerThatIsMeantForAnotherHostIsRefused) {
  Ends ends(manager(ours_.manager()), client(ours_.client()), "db1.example.org");
  ends.shake_hands();
  EXPECT_EQ(ends.of_client, Handshake::kWrongProof);
  EXPECT_THAT(ends.client.error(), HasSubstr("mismatch"));
}

TEST_F(CertificatesTest, AManagerOfAnotherAuthorityIsRefused) {
  Ends ends(manager(others_.manager()), client(ours_.client()));
  ends.shake_hands();
  EXPECT_EQ(ends.of_client, Handshake::kWrongProof);
}

// The client has said its last word by then: it hears of it when it receives.
TEST_F(CertificatesTest, AClientOfAnotherAuthorityIsRefused) {
  CertificateFiles stranger = others_.client();
  stranger.authorities = ours_.client().authorities;
  Ends ends(manager(ours_.manager()), client(stranger));
  ends.shake_hands();
  EXPECT_EQ(ends.of_manager, Handshake::kWrongProof);
  EXPECT_EQ(receive(ends.client), "errno " + std::to_string(EACCES));
  EXPECT_THAT(ends.client.error(), HasSubstr("unknown ca"));
}

TEST_F(CertificatesTest, KeysAndCertificatesDontGoTogether) {
  Ends with_key(manager(ours_.manager()), client_with("workers", 'k'));
  with_key.shake_hands();
  EXPECT_EQ(with_key.of_client, Handshake::kWrongProof);
  EXPECT_NE(with_key.of_manager, Handshake::kDone);
  Ends with_certificate(manager_with("workers", 'k'), client(ours_.client()));
  with_certificate.shake_hands();
  EXPECT_EQ(with_certificate.of_client, Handshake::kWrongProof);
  EXPECT_NE(with_certificate.of_manager, Handshake::kDone);
}

TEST_F(CertificatesTest, AFileThatCantBeUsedIsNamed) {
  const auto error = [](const CertificateFiles& files) {
    return std::string(TlsCredentials::for_client(files).status().message());
  };
  CertificateFiles files = ours_.client();
  files.certificate = "/nowhere.pem";
  EXPECT_THAT(error(files), HasSubstr("the certificate in \"/nowhere.pem\""));
  files = ours_.client();
  files.key = others_.client().key;
  EXPECT_THAT(error(files), HasSubstr("the private key of \"" + files.certificate + "\""));
  files = ours_.client();
  files.authorities = ours_.client().key;
  EXPECT_THAT(error(files), HasSubstr("the authorities' certificates in"));
}

// OpenSSL would ask for the passphrase at the terminal.
TEST_F(CertificatesTest, APrivateKeyWithAPassphraseIsRefused) {
  CertificateFiles files = ours_.client();
  const std::string locked = files.key + ".locked";
  const std::string command =
      "openssl ec -aes256 -passout pass:word -in " + files.key + " -out " + locked + " 2>&1";
  ASSERT_EQ(std::system(command.c_str()), 0);
  files.key = locked;
  EXPECT_FALSE(TlsCredentials::for_client(files).ok());
}

}  // namespace
}  // namespace syncmanager
