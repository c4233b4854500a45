package io.streamjob.operator.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamjob.operator.manifest.ClusterKeys;
import io.streamjob.operator.manifest.Names;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;

/** Every pair of parties that has to know each other does, and no other one. */
class AuthorityTest {

  private static final Names ORDERS = new Names("shop", "orders");
  private static final Names BILLS = new Names("shop", "bills");

  private final Authority authority = authority();
  private final Map<String, String> keys = authority.issue(ORDERS, 3);

  private static Authority authority() {
    return new Authority(new TreeMap<>(Map.of(1, generation(1))), Clock.systemUTC());
  }

  private static Identity generation(int number) {
    Instant now = Instant.now();
    return Certificates.selfSigned(
        new Certificates.Request(
            "authority-" + number,
            Certificates.Use.AUTHORITY,
            List.of(),
            now,
            now.plus(Duration.ofDays(100))));
  }

  private static String text(Map<String, String> keys, String file) {
    return new String(Base64.getDecoder().decode(keys.get(file)), StandardCharsets.US_ASCII);
  }

  private static KeyStore store(Map<String, String> keys, String file) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(
          new ByteArrayInputStream(Base64.getDecoder().decode(keys.get(file))),
          ClusterKeys.KEY_STORE_PASSWORD.toCharArray());
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As Flink makes it of the files that its settings name. */
  private static SSLContext flink(Map<String, String> keys, String own, String trusted) {
    try {
      var mine = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      mine.init(store(keys, own), ClusterKeys.KEY_STORE_PASSWORD.toCharArray());
      var others = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      others.init(store(keys, trusted));
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(mine.getKeyManagers(), others.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SSLContext rest(Map<String, String> keys) {
    return flink(keys, ClusterKeys.REST, ClusterKeys.REST_CLIENTS);
  }

  private static SSLContext internal(Map<String, String> keys) {
    return flink(keys, ClusterKeys.INTERNAL, ClusterKeys.INTERNAL);
  }

  /** Says hello, both sides showing certificates; fails if one of them will not. */
  private static void greet(SSLContext server, SSLContext client, String host) {
    talk(server, client, host, "HTTPS");
  }

  /**
   * @param check how the client compares the host's name with the certificate; empty: not at all
   */
  private static void talk(SSLContext server, SSLContext client, String host, String check) {
    try (var listening = (SSLServerSocket) server.getServerSocketFactory().createServerSocket(0)) {
      listening.setNeedClientAuth(true);
      CompletableFuture<Integer> heard = CompletableFuture.supplyAsync(() -> listen(listening));
      try (var raw = new Socket(InetAddress.getLoopbackAddress(), listening.getLocalPort());
          var socket = (SSLSocket) client.getSocketFactory().createSocket(raw, host, 1, true)) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm(check);
        socket.setSSLParameters(parameters);
        socket.getOutputStream().write(7);
        assertThat(heard.join()).isEqualTo(7);
      }
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  private static int listen(SSLServerSocket listening) {
    try (var accepted = listening.accept()) {
      return accepted.getInputStream().read();
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  private static void assertRefused(SSLContext server, SSLContext client, String host) {
    assertThatThrownBy(() -> greet(server, client, host))
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(IOException.class);
  }

  @Test
  void theOperatorAndAClusterKnowEachOther() {
    greet(rest(keys), authority.context(), "orders-3.shop.svc");
  }

  @Test
  void whoReadsTheSecretIsLetIn() throws GeneralSecurityException {
    Identity user =
        Identity.parse(text(keys, ClusterKeys.USER_CERTIFICATE), text(keys, ClusterKeys.USER_KEY));
    var trusted = Identity.parse(text(keys, ClusterKeys.AUTHORITY));
    greet(rest(keys), Authority.context(user, trusted), "localhost");
    assertRefused(rest(authority.issue(BILLS, 1)), Authority.context(user, trusted), "localhost");
  }

  @Test
  void aClusterIsNotTakenForAnother() {
    assertRefused(rest(keys), authority.context(), "bills-3.shop.svc");
  }

  @Test
  void anotherOperatorIsNotLetInAndLetsNobodyIn() {
    assertRefused(rest(keys), authority().context(), "orders-3.shop.svc");
  }

  /** What one cluster shows at its own door opens no other. */
  @Test
  void aClusterIsNotLetInByAnother() {
    Map<String, String> bills = authority.issue(BILLS, 1);
    SSLContext thief = flink(bills, ClusterKeys.REST, ClusterKeys.REST);
    assertRefused(rest(keys), thief, "orders-3.shop.svc");
    SSLContext signedTheSame =
        KeyStores.context(List.of(identity(bills, ClusterKeys.REST)), List.of(trusted(keys)));
    assertRefused(rest(keys), signedTheSame, "orders-3.shop.svc");
    SSLContext peer =
        KeyStores.context(List.of(identity(bills, ClusterKeys.INTERNAL)), List.of(trusted(keys)));
    assertRefused(rest(keys), peer, "orders-3.shop.svc");
  }

  private static X509Certificate trusted(Map<String, String> keys) {
    try {
      return Identity.parse(text(keys, ClusterKeys.AUTHORITY));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Identity identity(Map<String, String> keys, String file) {
    try {
      KeyStore store = store(keys, file);
      return new Identity(
          (PrivateKey) store.getKey("key-0", ClusterKeys.KEY_STORE_PASSWORD.toCharArray()),
          (X509Certificate) store.getCertificate("key-0"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void processesOfOneClusterKnowEachOtherAndNobodyElse() {
    assertThatThrownBy(() -> greet(internal(keys), internal(keys), "orders-3.shop.svc"))
        .as("their certificates name no host, and Flink asks for none")
        .hasStackTraceContaining("No name matching");
    talk(internal(keys), internal(keys), "a-pod", "");
    for (SSLContext other : List.of(internal(authority.issue(ORDERS, 4)), authority.context())) {
      assertThatThrownBy(() -> talk(internal(keys), other, "a-pod", ""))
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(IOException.class);
    }
  }

  /** Clusters that were started under an earlier generation are reached as before. */
  @Test
  void generationsOverlap() {
    Identity old = generation(1);
    var first = new TreeMap<>(Map.of(1, old));
    var both = new TreeMap<>(Map.of(1, old, 2, generation(2)));
    Map<String, String> early = new Authority(first, Clock.systemUTC()).issue(ORDERS, 1);
    var renewed = new Authority(both, Clock.systemUTC());
    Map<String, String> late = renewed.issue(ORDERS, 2);
    greet(rest(early), renewed.context(), "orders-1.shop.svc");
    greet(rest(late), renewed.context(), "orders-2.shop.svc");
    assertRefused(
        rest(late), new Authority(first, Clock.systemUTC()).context(), "orders-2.shop.svc");
  }

  @Test
  void aLongNameFits() {
    var names = new Names("n".repeat(63), "j".repeat(60));
    greet(
        rest(authority.issue(names, 1)),
        authority.context(),
        names.service(1) + "." + names.namespace() + ".svc");
  }

  @Test
  void keysStayOutOfTexts() {
    Identity identity = identity(keys, ClusterKeys.REST);
    assertThat(identity.toString()).isEqualTo("CN=orders-3");
  }
}
