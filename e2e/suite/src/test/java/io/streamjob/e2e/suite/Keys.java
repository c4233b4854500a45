package io.streamjob.e2e.suite;

import io.fabric8.kubernetes.api.model.Secret;
import io.streamjob.operator.manifest.ClusterKeys;
import io.streamjob.operator.tls.Authority;
import io.streamjob.operator.tls.Identity;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.net.ssl.SSLContext;

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

  private String file(String name) {
    return new String(
        Base64.getDecoder().decode(secret.getData().get(name)), StandardCharsets.US_ASCII);
  }
}
