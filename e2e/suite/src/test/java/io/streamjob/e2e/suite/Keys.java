package io.streamjob.e2e.suite;

import io.fabric8.kubernetes.api.model.Secret;
import io.streamjob.operator.manifest.ClusterKeys;
import io.streamjob.operator.tls.Authority;
import io.streamjob.operator.tls.Identity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** What a user who may read the Secret of a Flink cluster can do with it. */
record Keys(Secret secret) {

  /** Of the cluster behind a Service. */
  static Keys of(Scene scene, String service) {
    return scene.client().secrets().inNamespace(scene.namespace()).list().getItems().stream()
        .filter(secret -> secret.getMetadata().getName().matches(service + "-[0-9a-f]{8}-keys"))
        .findFirst()
        .map(Keys::new)
        .orElseThrow(() -> new AssertionError("there are no keys of " + service));
  }

  /** Shows the user's certificate, and believes the authority. */
  SSLContext context() {
    try {
      return Authority.context(
          Identity.parse(file(ClusterKeys.USER_CERTIFICATE), file(ClusterKeys.USER_KEY)),
          Identity.parse(file(ClusterKeys.AUTHORITY)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Shows the key that the cluster's processes show each other, and believes everybody. */
  SSLContext internal() {
    try {
      char[] password = ClusterKeys.KEY_STORE_PASSWORD.toCharArray();
      var store = KeyStore.getInstance("PKCS12");
      store.load(new ByteArrayInputStream(bytes(ClusterKeys.INTERNAL)), password);
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, password);
      var context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), new TrustManager[] {new Credulous()}, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private String file(String name) {
    return new String(bytes(name), StandardCharsets.US_ASCII);
  }

  private byte[] bytes(String name) {
    return Base64.getDecoder().decode(secret.getData().get(name));
  }

  private static final class Credulous extends X509ExtendedTrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
