package io.streamjob.e2e.suite;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.LocalPortForward;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * Ways to Services of the cluster. On the local cluster their addresses answer; on any other one a
 * port is forwarded.
 */
final class Doors implements AutoCloseable {

  private static final int CONNECT_MILLIS = 2000;

  private final KubernetesClient client;
  private final List<LocalPortForward> forwards = new ArrayList<>();

  Doors(KubernetesClient client) {
    this.client = client;
  }

  /** The base address of a Service that speaks HTTP. */
  URI http(String namespace, String service, int port) {
    return uri("http", address(namespace, service, port));
  }

  /** The base address of one that speaks HTTPS. */
  URI https(String namespace, String service, int port) {
    return uri("https", address(namespace, service, port));
  }

  private static URI uri(String scheme, InetSocketAddress address) {
    return URI.create("%s://%s:%d".formatted(scheme, address.getHostString(), address.getPort()));
  }

  /** Where a Service's port is reached from here. */
  InetSocketAddress address(String namespace, String service, int port) {
    var resource = client.services().inNamespace(namespace).withName(service);
    String address = resource.require().getSpec().getClusterIP();
    boolean forced = System.getenv("STREAMJOB_E2E_FORWARD") != null;
    if (!forced && answers(address, port)) {
      return InetSocketAddress.createUnresolved(address, port);
    }
    LocalPortForward forward = resource.portForward(port);
    synchronized (forwards) {
      forwards.add(forward);
    }
    return InetSocketAddress.createUnresolved("127.0.0.1", forward.getLocalPort());
  }

  private static boolean answers(String address, int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    synchronized (forwards) {
      for (LocalPortForward forward : forwards) {
        forward.close();
      }
    }
  }
}
