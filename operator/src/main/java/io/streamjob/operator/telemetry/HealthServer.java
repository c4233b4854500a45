package io.streamjob.operator.telemetry;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Answers the kubelet's probes, {@code /healthz} while the process is well and {@code /readyz} once
 * it works, and Prometheus at {@code /metrics}.
 */
public final class HealthServer implements AutoCloseable {

  /** As Prometheus' text format is called. */
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private static final String PLAIN = "text/plain; charset=utf-8";

  // The JDK's server reads its limits, times in seconds, when the first one starts.
  static {
    System.setProperty("jdk.httpserver.maxConnections", "512");
    System.setProperty("sun.net.httpserver.maxReqTime", "5");
    System.setProperty("sun.net.httpserver.maxRspTime", "10");
  }

  private final HttpServer server;

  private record Answer(int status, String type, String body) {}

  /**
   * Starts to answer.
   *
   * @param port to listen on
   * @param isWell whether a restart would not help
   * @param isReady whether caches are filled and reconcilers run
   * @param metrics everything that is measured, in Prometheus' text format
   * @throws IOException if the port is taken
   */
  public HealthServer(
      int port, BooleanSupplier isWell, BooleanSupplier isReady, Supplier<String> metrics)
      throws IOException {
    server = HttpServer.create(new InetSocketAddress(port), 0);
    answer("/healthz", () -> probe(isWell));
    answer("/readyz", () -> probe(isReady));
    answer("/metrics", () -> new Answer(200, PROMETHEUS, metrics.get()));
    // One thread for each request: a client that never ends its request must not stop the probes.
    server.setExecutor(
        Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("health").factory()));
    server.start();
  }

  /** Where it listens. */
  int port() {
    return server.getAddress().getPort();
  }

  private static Answer probe(BooleanSupplier question) {
    return question.getAsBoolean()
        ? new Answer(200, PLAIN, "ok\n")
        : new Answer(503, PLAIN, "not yet\n");
  }

  private void answer(String path, Supplier<Answer> question) {
    server.createContext(
        path,
        exchange -> {
          Answer answer = question.get();
          byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", answer.type());
          exchange.sendResponseHeaders(answer.status(), body.length);
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
