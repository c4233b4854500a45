package io.streamjob.operator.tls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Java's own boxes for keys and certificates. */
final class KeyStores {

  private KeyStores() {}

  /** A PKCS#12 file of identities and of certificates that are trusted. */
  static byte[] write(List<Identity> identities, List<X509Certificate> trusted, String password) {
    var out = new ByteArrayOutputStream();
    try {
      box(identities, trusted, password.toCharArray()).store(out, password.toCharArray());
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
    return out.toByteArray();
  }

  /** For connections in which these identities are shown and only these certificates trusted. */
  static SSLContext context(List<Identity> identities, List<X509Certificate> trusted) {
    try {
      var password = new char[0];
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(box(identities, List.of(), password), password);
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(box(List.of(), trusted, password));
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyStore box(
      List<Identity> identities, List<X509Certificate> trusted, char[] password)
      throws GeneralSecurityException, IOException {
    KeyStore box = KeyStore.getInstance("PKCS12");
    box.load(null, null);
    for (int i = 0; i < identities.size(); i++) {
      Identity identity = identities.get(i);
      box.setKeyEntry(
          "key-" + i, identity.key(), password, new Certificate[] {identity.certificate()});
    }
    for (int i = 0; i < trusted.size(); i++) {
      box.setCertificateEntry("trusted-" + i, trusted.get(i));
    }
    return box;
  }
}
