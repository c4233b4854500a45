package io.streamjob.operator.kube;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import java.time.Duration;

/** Clients that send a request once. */
final class Impatient {

  private Impatient() {}

  /**
   * The same client without its retries.
   *
   * @param limit how long a request may take
   */
  static KubernetesClient client(KubernetesClient client, Duration limit) {
    return client
        .newClient(
            new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
                .withRequestTimeout((int) limit.toMillis())
                .withRequestRetryBackoffLimit(0)
                .build())
        .adapt(KubernetesClient.class);
  }
}
