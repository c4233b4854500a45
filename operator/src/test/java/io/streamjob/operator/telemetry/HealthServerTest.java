package io.streamjob.operator.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HealthServerTest {

  private final AtomicBoolean isWell = new AtomicBoolean(true);
  private final AtomicBoolean isReady = new AtomicBoolean();
  private final HealthServer server =
      new HealthServer(0, isWell::get, isReady::get, () -> "up 1\n");
  private final HttpClient client = HttpClient.newHttpClient();

  HealthServerTest() throws IOException {}

  @AfterEach
  void close() {
    server.close();
    client.close();
  }

  private int get(String path) throws IOException, InterruptedException {
    return ask(path).statusCode();
  }

  private HttpResponse<String> ask(String path) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path))
            .timeout(Duration.ofSeconds(10))
            .build();
    return client.send(request, BodyHandlers.ofString());
  }

  @Test
  void isReadyOnceItWorks() throws Exception {
    assertThat(get("/readyz")).isEqualTo(503);
    isReady.set(true);
    assertThat(get("/readyz")).isEqualTo(200);
  }

  @Test
  void isWellUntilOnlyARestartHelps() throws Exception {
    assertThat(get("/healthz")).isEqualTo(200);
    isWell.set(false);
    assertThat(get("/healthz")).isEqualTo(503);
  }

  @Test
  void tellsPrometheusWhatIsMeasured() throws Exception {
    HttpResponse<String> answer = ask("/metrics");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/plain; version=0.0.4");
    assertThat(answer.body()).isEqualTo("up 1\n");
  }

  @Test
  void endsTheConnectionOfAClientThatNeverEndsItsRequest() throws Exception {
    try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      slow.setSoTimeout(60_000);
      slow.getOutputStream().write("GET /heal".getBytes(StandardCharsets.US_ASCII));
      slow.getOutputStream().flush();
      assertThat(slow.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void holdsABoundedNumberOfConnections() throws Exception {
    var held = new ArrayList<Socket>();
    try {
      for (int i = 0; i < 70; i++) {
        held.add(new Socket(InetAddress.getLoopbackAddress(), server.port()));
      }
      held.getLast().setSoTimeout(60_000);
      assertThat(held.getLast().getInputStream().read()).isEqualTo(-1);
    } finally {
      for (Socket socket : held) {
        socket.close();
      }
    }
  }

  @Test
  void knowsNothingElse() throws Exception {
    assertThat(get("/")).isEqualTo(404);
  }

  @Test
  void answersBesideAClientThatNeverEndsItsRequest() throws Exception {
    try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      slow.getOutputStream().write("GET /heal".getBytes(StandardCharsets.US_ASCII));
      slow.getOutputStream().flush();
      assertThat(get("/healthz")).isEqualTo(200);
    }
  }
}
