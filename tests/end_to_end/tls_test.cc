// The C++ client over TLS: by the key file, by certificates, and what is said when the two ends
// don't fit each other.

#include <csignal>
#include <fstream>
#include <future>
#include <string>
#include <vector>

#include "protos/auth/key_file.h"
#include "tests/support/certificates.h"
#include "tests/support/client_fixture.h"

namespace syncmanager {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

std::string with_scheme(const std::string& scheme, const std::string& address) {
  return scheme + address.substr(address.find("://"));
}

// Returns the message of the error that the constructor throws; empty if it throws none.
template <class Error>
std::string error_of(const std::string& url, const ClientOptions& options) {
  try {
    const Client client(url, options);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

class TlsTest : public ClientTest {
 protected:
  std::string url(const std::string& scheme = "syncmanager+tls") const {
    return with_scheme(scheme, server.tcp_address());
  }
  ClientOptions options() const { return {.key_file = server.key_file(), .name = "far"}; }
};

TEST_F(TlsTest, AManagerTakesItByTheKeyFileWithoutAFlag) {
  const Client far(url(), options());
  far.dict<std::string, int64_t>("shared").set("one", 1);
  EXPECT_EQ((client.dict<std::string, int64_t>("shared").find("one")), 1);
  const Client printed(url("tls"), options());
  printed.ping();
}

TEST_F(TlsTest, LargeValuesAndBurstsArriveWhole) {
  const Client far(url(), options());
  const auto texts = far.list<std::string>("texts");
  const std::string large(5 << 20, 'v');
  texts.append(large);
  EXPECT_TRUE(texts.at(0) == large);
  const auto line = far.queue<int64_t>("line");
  std::vector<Future<void>> puts;
  for (int64_t i = 0; i < 20'000; ++i) puts.push_back(line.async_put(i));
  for (Future<void>& put : puts) put.get();
  for (int64_t i = 0; i < 20'000; ++i) ASSERT_EQ(line.get(), i);
}

// TLS may hold received bytes that the manager had no room for, and poll() doesn't show them. The
// manager must not wait for further bytes.
TEST_F(TlsTest, WhatArrivesWhileTheManagerDoesntListenIsTakenLater) {
  const Client far(url(), options());
  const auto line = far.queue<std::string>("line");
  std::vector<Future<void>> puts;
  for (int i = 0; i < 3'000; ++i) puts.push_back(line.async_put(std::string(3'000, 'i')));
  for (Future<void>& put : puts) put.get();
  EXPECT_EQ(line.size(), 3'000u);
}

TEST_F(TlsTest, ThreadsShareASession) {
  const Client far(url(), options());
  const auto sum = far.value<int64_t>("sum", 0);
  std::vector<std::future<void>> adders;
  for (int thread = 0; thread < 8; ++thread) {
    adders.push_back(std::async(std::launch::async, [&] {
      for (int i = 0; i < 500; ++i) sum.add(1);
    }));
  }
  for (auto& adder : adders) adder.get();
  EXPECT_EQ(sum.get(), 4'000);
}

TEST_F(TlsTest, AnotherKeyIsRefused) {
  const std::string why = error_of<AuthenticationFailed>(url(), {.key = generate_key_line("test")});
  EXPECT_THAT(why, AllOf(StartsWith(url()), HasSubstr("the manager has another key")));
  client.ping();
}

TEST(TlsOnlyTest, PlainConnectionsOfThisMachineNeedItToo) {
  const TestServer server({"--tls=psk"});
  EXPECT_THAT(server.tcp_address(), StartsWith("tls://"));
  const ClientOptions options{.key_file = server.key_file()};
  Client(server.tcp_address(), options).ping();
  EXPECT_THAT(error_of<InvalidArgument>(with_scheme("tcp", server.tcp_address()), options),
              HasSubstr("this address needs TLS; expected a URL that begins with syncmanager+tls"));
  Client(server.unix_address(), options).ping();
}

TEST(TlsOnlyTest, AnAddressMayNeedIt) {
  const TestServer server({"--listen=tls://127.0.0.1:0"});
  EXPECT_THAT(server.tcp_address(), StartsWith("tcp://"));
  EXPECT_THAT(server.addresses()[2], StartsWith("tls://"));
}

class MutualTlsTest : public testing::Test {
 protected:
  std::vector<std::string> flags() const {
    return {"--tls=mutual", "--tls-cert=" + certificates.manager().certificate,
            "--tls-key=" + certificates.manager().key,
            "--tls-ca=" + certificates.manager().authorities};
  }
  static std::string with_files(const std::string& address, const CertificateFiles& files) {
    return address + "?cert=" + files.certificate + "&key=" + files.key +
           "&ca=" + files.authorities;
  }

  Certificates certificates;
  TestServer server{flags()};
  const ClientOptions options{.key_file = server.key_file()};
  const std::string url = with_files(server.tcp_address(), certificates.client());
};

TEST_F(MutualTlsTest, BothSidesHaveCertificatesAndTheKey) {
  const Client far(url, options);
  far.ping();
  EXPECT_THAT(error_of<AuthenticationFailed>(url, {.key = generate_key_line("test")}),
              HasSubstr("authentication failed"));
}

TEST_F(MutualTlsTest, AClientWithTheKeyAloneIsRefused) {
  EXPECT_THAT(error_of<AuthenticationFailed>(server.tcp_address(), options),
              HasSubstr("?cert=FILE&key=FILE&ca=FILE"));
}

TEST_F(MutualTlsTest, AClientOfAnotherAuthorityIsRefused) {
  const Certificates others;
  CertificateFiles files = others.client();
  files.authorities = certificates.client().authorities;
  EXPECT_THAT(error_of<AuthenticationFailed>(with_files(server.tcp_address(), files), options),
              HasSubstr("unknown ca"));
}

TEST_F(MutualTlsTest, AManagerMeantForAnotherHostIsRefused) {
  certificates.replace_manager("db1.example.org");
  server.send_signal(SIGHUP);
  const std::string host = with_scheme("tls", "://localhost" + server.tcp_address().substr(15));
  const auto is_refused = [&] {
    return !error_of<AuthenticationFailed>(with_files(host, certificates.client()), options)
                .empty();
  };
  EXPECT_TRUE(await(is_refused, std::chrono::seconds(10))) << "certificates are reread at SIGHUP";
}

TEST_F(MutualTlsTest, CertificatesThatCantBeReadLeaveTheOldOnes) {
  std::ofstream(certificates.manager().certificate) << "no certificate";
  server.send_signal(SIGHUP);
  const auto is_logged = [&] { return server.log().find("stay: the certi") != std::string::npos; };
  EXPECT_TRUE(await(is_logged, std::chrono::seconds(10)));
  Client(url, options).ping();
}

TEST_F(MutualTlsTest, AFileThatIsntThereIsNamed) {
  CertificateFiles files = certificates.client();
  files.key = "/nowhere.key";
  EXPECT_THAT(error_of<InvalidArgument>(with_files(server.tcp_address(), files), options),
              HasSubstr("/nowhere.key"));
  EXPECT_THAT(error_of<InvalidArgument>(server.tcp_address() + "?cert=a&key=b", options),
              HasSubstr("lacks one of the files"));
  EXPECT_THAT(error_of<InvalidArgument>(with_files(with_scheme("tcp", server.tcp_address()), files),
                                        options),
              HasSubstr("but no TLS"));
}

TEST_F(MutualTlsTest, FlagsThatDontFitAreRefused) {
  const auto refusal = [](const std::vector<std::string>& flags) -> std::string {
    try {
      const TestServer other(flags);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(refusal({"--tls=ssl"}), HasSubstr("expected psk or mutual"));
  EXPECT_THAT(refusal({"--tls=mutual"}), HasSubstr("needs --tls-cert, --tls-key and --tls-ca"));
  EXPECT_THAT(refusal({"--tls-ca=ca.pem"}), HasSubstr("needs --tls-cert"));
  EXPECT_THAT(refusal({"--tls=psk", "--trust-network"}), HasSubstr("expected one of the two"));
}

}  // namespace
}  // namespace syncmanager
