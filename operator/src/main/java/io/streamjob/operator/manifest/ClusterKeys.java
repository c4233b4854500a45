package io.streamjob.operator.manifest;

import java.util.Map;

/**
 * Makes the keys of a revision's Flink cluster: those with which its processes know each other, and
 * those of its REST endpoint, where only the operator and who may read the revision's Secret are
 * let in (<a
 * href="https://nightlies.apache.org/flink/flink-docs-stable/docs/deployment/security/security-ssl/">Flink,
 * SSL Setup</a>).
 */
@FunctionalInterface
public interface ClusterKeys {

  /** PKCS#12: shown and trusted by every process of the cluster, and by nobody else. */
  String INTERNAL = "internal.p12";

  /** PKCS#12: shown at the REST endpoint. */
  String REST = "rest.p12";

  /** PKCS#12: whom the REST endpoint lets in. */
  String REST_CLIENTS = "rest-clients.p12";

  /** PEM: who signed what the REST endpoint shows. */
  String AUTHORITY = "ca.crt";

  /** PEM: what a user shows at the REST endpoint. */
  String USER_CERTIFICATE = "user.crt";

  /** PEM, PKCS#8. */
  String USER_KEY = "user.key";

  /** Keeps nothing secret, the Secret does; but Flink will not go without one. */
  String KEY_STORE_PASSWORD = "streamjob";

  /** New keys for a revision: the content of its Secret, each file in Base64. */
  Map<String, String> issue(Names names, int revision);
}
