package io.streamjob.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets into a job's Flink cluster, and who does not. */
class TransportTest {

  @RegisterExtension static final Scene SCENE = new Scene("transport");

  private static final Job JOB = new Job(SCENE, "guarded");
  private static final Job OTHER = new Job(SCENE, "other");
  private static String service;
  private static String other;

  @BeforeAll
  static void start() {
    JOB.apply();
    OTHER.apply();
    service = service(JOB.awaitRunning());
    other = service(OTHER.awaitRunning());
  }

  private static String service(JsonNode job) {
    return job.at("/status/running/service").asText();
  }

  private static int overview(SSLContext context) throws IOException, InterruptedException {
    URI rest = SCENE.doors().https(SCENE.namespace(), service, 8081);
    try (HttpClient http = HttpClient.newBuilder().sslContext(context).build()) {
      return http.send(
              HttpRequest.newBuilder(rest.resolve("/overview")).build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }

  @Test
  void theRestEndpointLetsInWhoMayReadTheSecret() throws IOException, InterruptedException {
    assertThat(overview(Keys.of(SCENE, service).context())).isEqualTo(200);
  }

  @Test
  void theRestEndpointLetsInNobodyWithTheKeysOfAnotherJob() {
    SSLContext theirs = Keys.of(SCENE, other).context();
    assertThatThrownBy(() -> overview(theirs)).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {6123, 6124, 8081})
  void noPortAnswersWhoHasNoKey(int port) throws IOException {
    InetSocketAddress address = SCENE.doors().address(SCENE.namespace(), service, port);
    try (var socket = new Socket(address.getHostString(), address.getPort())) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write("GET /overview HTTP/1.1\r\nHost: flink\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      String answer =
          new String(socket.getInputStream().readNBytes(12), StandardCharsets.ISO_8859_1);
      // A TLS alert at most, or a redirection to HTTPS.
      assertThat(answer).matches("(?s)|\\x15.*|HTTP/1.1 301");
    }
  }

  /** What the server itself makes of a client that believes any server. */
  @ParameterizedTest
  @ValueSource(ints = {6123, 6124})
  void anInternalPortLetsInTheKeyOfItsOwnClusterAlone(int port) throws Exception {
    assertThat(isLetIn(port, Keys.of(SCENE, service).internal())).isTrue();
    assertThat(isLetIn(port, Keys.of(SCENE, other).internal())).isFalse();
  }

  /** With TLS 1.3 a server's refusal comes as an alert after the client's part of the handshake. */
  private static boolean isLetIn(int port, SSLContext client) throws IOException {
    InetSocketAddress address = SCENE.doors().address(SCENE.namespace(), service, port);
    try (var socket =
        (SSLSocket)
            client.getSocketFactory().createSocket(address.getHostString(), address.getPort())) {
      socket.setSoTimeout(5_000);
      socket.startHandshake();
      socket.getOutputStream().write(new byte[] {0});
      try {
        return socket.getInputStream().read() != 0x15;
      } catch (SocketTimeoutException e) {
        return true; // It waits for more of a request.
      } catch (SSLException e) {
        assertThat(e).hasMessageContaining("alert");
        return false;
      }
    }
  }

  @Test
  void aTaskManagerHasNoKeyOfTheRestEndpoint() throws InterruptedException {
    Pod taskManager =
        SCENE
            .client()
            .pods()
            .inNamespace(SCENE.namespace())
            .withLabel("streamjob.io/job", "guarded")
            .withLabel("streamjob.io/component", "taskmanager")
            .list()
            .getItems()
            .getFirst();
    var out = new ByteArrayOutputStream();
    try (var shell =
        SCENE.client().pods().resource(taskManager).writingOutput(out).exec("ls", "/flink-keys")) {
      assertThat(shell.exitCode().orTimeout(30, TimeUnit.SECONDS).join()).isZero();
    }
    assertThat(out.toString(StandardCharsets.UTF_8).lines()).containsExactly("internal.p12");
  }

  @Test
  void theCommandForUsersOpensTheWebInterface() throws IOException, InterruptedException {
    var command =
        new ProcessBuilder(
            Path.of("../../deploy/ui").toString(),
            "guarded",
            "--namespace",
            SCENE.namespace(),
            "--port",
            "0");
    command.redirectError(ProcessBuilder.Redirect.INHERIT);
    Process shown = command.start();
    List<ProcessHandle> helpers = List.of();
    try (BufferedReader lines = shown.inputReader(StandardCharsets.UTF_8);
        HttpClient http = HttpClient.newHttpClient()) {
      String line = lines.readLine();
      assertThat(line).contains("guarded").contains("http://");
      helpers = shown.descendants().toList();
      URI address = URI.create(line.substring(line.indexOf("http://")));
      for (int i = 0; i < 3; i++) {
        HttpResponse<String> answer =
            http.send(
                HttpRequest.newBuilder(address.resolve("/overview"))
                    .timeout(Duration.ofSeconds(30))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(new ObjectMapper().readTree(answer.body()).path("jobs-running").asInt())
            .isEqualTo(1);
      }
    } finally {
      shown.destroy();
      assertThat(shown.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
    // Whatever it leaves behind would hold this process's own output open for ever.
    assertThat(helpers).isNotEmpty().noneMatch(ProcessHandle::isAlive);
  }
}
