package io.streamjob.operator.telemetry;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/**
 * Answers the kubelet's probes: {@code /healthz} while the process is well, {@code /readyz} once it
 * works.
 */
public final class HealthServer implements AutoCloseable {

  private final HttpServer server;

  /**
   * Starts to answer.
   *
   * @param port to listen on
   * @param isWell whether a restart would not help
   * @param isReady whether caches are filled and reconcilers run
   * @throws IOException if the port is taken
   */
  public HealthServer(int port, BooleanSupplier isWell, BooleanSupplier isReady)
      throws IOException {
    server = HttpServer.create(new InetSocketAddress(port), 0);
    answer("/healthz", isWell);
    answer("/readyz", isReady);
    // One thread for each request: a client that never ends its request must not stop the probes.
    server.setExecutor(
        Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("health").factory()));
    server.start();
  }

  /** Where it listens. */
  int port() {
    return server.getAddress().getPort();
  }

  private void answer(String path, BooleanSupplier isWell) {
    server.createContext(
        path,
        exchange -> {
          boolean well = isWell.getAsBoolean();
          byte[] body = (well ? "ok\n" : "not yet\n").getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(well ? 200 : 503, body.length);
          try (var out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
