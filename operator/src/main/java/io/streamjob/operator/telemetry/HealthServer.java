package io.streamjob.operator.telemetry;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/** Answers the kubelet's probes: {@code /healthz} while the process is well, {@code /readyz} once it works. */
public final class HealthServer implements AutoCloseable {

  private final HttpServer server;

  /**
   * Starts to answer.
   *
   * @param port to listen on
   * @param isReady whether caches are filled and reconcilers run
   * @throws IOException if the port is taken
   */
  public HealthServer(int port, BooleanSupplier isReady) throws IOException {
    server = HttpServer.create(new InetSocketAddress(port), 0);
    answer("/healthz", () -> true);
    answer("/readyz", isReady);
    server.setExecutor(
        Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("health").factory()));
    server.start();
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
