package io.streamjob.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is seen of the adapter without an API server; the rest is seen with one, end to end. */
class Fabric8ClusterTest {

  private static final ConfigMap OBJECT =
      new ConfigMapBuilder()
          .withNewMetadata()
          .withName("orders")
          .withNamespace("shop")
          .endMetadata()
          .build();

  private final AtomicInteger requests = new AtomicInteger();
  private HttpServer server;
  private KubernetesClient client;

  /** A server that fails whatever it is asked for. */
  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          exchange.sendResponseHeaders(500, -1);
          exchange.close();
        });
    server.start();
    client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder()
                    .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                    .withAutoConfigure(false)
                    .build())
            .build();
  }

  @AfterEach
  void stop() {
    client.close();
    server.stop(0);
  }

  @Test
  void sendsAChangeOnce() {
    var cluster = new Fabric8Cluster(client, () -> {});

    assertThatThrownBy(() -> cluster.createIfAbsent(OBJECT))
        .isInstanceOf(KubernetesClientException.class);
    assertThatThrownBy(() -> cluster.delete(OBJECT)).isInstanceOf(KubernetesClientException.class);

    assertThat(requests).hasValue(2);
  }
}
