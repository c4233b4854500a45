package io.streamjob.operator.manifest;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How the processes of a Flink cluster talk with each other and with the operator. */
public enum Transport {

  /** Both sides of every connection show a certificate that the other one knows. */
  MUTUAL_TLS,

  /** Whoever reaches the cluster can run code in it. */
  PLAIN;

  /** Where a pod finds its keys. */
  static final String FOLDER = "/flink-keys";

  /**
   * Flink's settings (<a
   * href="https://nightlies.apache.org/flink/flink-docs-stable/docs/deployment/security/security-ssl/">SSL
   * Setup</a>).
   */
  Map<String, String> settings() {
    if (this == PLAIN) {
      return Map.of();
    }
    var settings = new TreeMap<String, String>();
    settings.put("security.ssl.protocol", "TLSv1.3");
    settings.put("security.ssl.algorithms", "TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384");
    settings.put("security.ssl.internal.enabled", "true");
    settings.putAll(stores("internal", ClusterKeys.INTERNAL, ClusterKeys.INTERNAL));
    settings.put("security.ssl.rest.enabled", "true");
    settings.put("security.ssl.rest.authentication-enabled", "true");
    settings.putAll(stores("rest", ClusterKeys.REST, ClusterKeys.REST_CLIENTS));
    return settings;
  }

  /**
   * Between TaskManagers a key that only the cluster has is the proof, as SSL Setup says of
   * internal connections: their addresses are in no certificate. The Netty of Flink 2.3 (4.2) looks
   * for them there unless it is told not to, and an exchange between two TaskManagers fails with
   * "No subject alternative names present". Flink's REST client asks for its own look by itself.
   */
  List<String> javaOptions() {
    return this == PLAIN
        ? List.of()
        : List.of(
            "-Dorg.apache.flink.shaded.netty4.io.netty.handler.ssl"
                + ".defaultEndpointVerificationAlgorithm=NONE");
  }

  private static Map<String, String> stores(String side, String keys, String trusted) {
    String prefix = "security.ssl." + side + ".";
    return Map.of(
        prefix + "keystore", FOLDER + "/" + keys,
        prefix + "keystore-password", ClusterKeys.KEY_STORE_PASSWORD,
        prefix + "key-password", ClusterKeys.KEY_STORE_PASSWORD,
        prefix + "truststore", FOLDER + "/" + trusted,
        prefix + "truststore-password", ClusterKeys.KEY_STORE_PASSWORD);
  }
}
