package io.streamjob.operator.flink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.streamjob.operator.flink.ScriptedFlink.Outage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The HTTP side of {@link ScriptedFlink}: routes, bodies, and ways not to answer. */
final class ScriptedFlinkServer implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final ScriptedFlink flink;
  private final HttpServer http;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Outage outage = Outage.NONE;
  private volatile boolean isHanging;

  ScriptedFlinkServer(ScriptedFlink flink) {
    this.flink = flink;
    try {
      http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    http.setExecutor(threads);
    http.createContext("/", this::handle);
    http.start();
  }

  URI uri() {
    return URI.create("http://localhost:" + http.getAddress().getPort());
  }

  void outage(Outage next) {
    outage = next;
  }

  /** The answer that is being made will not be sent before the end. */
  void hang() {
    isHanging = true;
  }

  @Override
  public void close() {
    closed.countDown();
    http.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    String method = exchange.getRequestMethod();
    String path = exchange.getRequestURI().getPath();
    flink.note(method + " " + path);
    switch (outage) {
      case NONE -> answer(exchange, route(method, path.split("/"), JSON.readTree(body)));
      case NO_LEADER -> send(exchange, 503, "{\"errors\":[\"Service temporarily unavailable\"]}");
      case CLOSES_CONNECTIONS -> exchange.close();
      case HANGS -> waitForTheEnd(exchange);
      case REDIRECTS -> {
        exchange.getResponseHeaders().add("Location", "/elsewhere");
        send(exchange, 302, "");
      }
      case ENDLESS_ANSWERS -> send(exchange, 200, " ".repeat(1 << 20));
      case NO_JSON -> send(exchange, 200, "<html>");
    }
  }

  private void answer(HttpExchange exchange, Optional<ScriptedAnswers> answer) throws IOException {
    if (answer.isPresent()) {
      send(exchange, answer.get().status(), answer.get().body().toString());
    } else if (isHanging) {
      isHanging = false;
      waitForTheEnd(exchange);
    } else {
      exchange.close();
    }
  }

  private void waitForTheEnd(HttpExchange exchange) {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    exchange.close();
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json; charset=UTF-8");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /** {@code path} begins with an empty part. */
  private Optional<ScriptedAnswers> route(String method, String[] path, JsonNode body) {
    String first = path.length > 1 ? path[1] : "";
    return switch (first + "/" + path.length) {
      case "overview/2" -> Optional.of(ScriptedAnswers.ok(flink.overview()));
      case "jars/2" -> Optional.of(ScriptedAnswers.ok(flink.jarList()));
      case "jars/4" -> flink.submit(path[2], body);
      case "jobs/3" -> Optional.of(method.equals("PATCH") ? flink.cancel(path[2]) : job(path[2]));
      case "jobs/4" -> Optional.of(job(method, path[2], path[3], body));
      case "jobs/5" -> Optional.of(flink.poll(new TriggerKey(path[2], path[4])));
      default -> Optional.of(ScriptedAnswers.error(404, "Not found: " + String.join("/", path)));
    };
  }

  private ScriptedAnswers job(String name) {
    return name.equals("overview") ? ScriptedAnswers.ok(flink.jobList()) : flink.details(name);
  }

  private ScriptedAnswers job(String method, String jobId, String what, JsonNode body) {
    TriggerKey key = new TriggerKey(jobId, body.path("triggerId").asText());
    return switch (method + " " + what) {
      case "GET checkpoints" -> flink.checkpoints(jobId);
      case "GET exceptions" -> flink.exceptions(jobId);
      case "POST checkpoints" -> flink.beginCheckpoint(jobId, key.triggerId());
      case "POST savepoints" -> flink.beginSavepoint(key, body.path("target-directory").asText());
      case "POST stop" -> flink.beginStop(key, body.path("targetDirectory").asText());
      default -> ScriptedAnswers.error(404, "Not found: " + what);
    };
  }
}
