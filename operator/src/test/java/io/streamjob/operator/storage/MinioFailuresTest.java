package io.streamjob.operator.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.streamjob.operator.storage.StorageAccess.Addressing;
import io.streamjob.operator.storage.StorageAccess.Credentials;
import io.streamjob.operator.storage.StorageException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the MinIO store makes of answers that a healthy server does not give. */
class MinioFailuresTest {

  private final MinioSnapshotStore store = new MinioSnapshotStore();
  private final List<String> paths = new CopyOnWriteArrayList<>();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
  }

  @AfterEach
  void stop() {
    store.close();
    server.stop(0);
  }

  @ParameterizedTest
  @CsvSource({
    "403, AccessDenied,          AccessDenied",
    "403, InvalidAccessKeyId,    CredentialsRefused",
    "403, SignatureDoesNotMatch, CredentialsRefused",
    "400, ExpiredToken,          CredentialsRefused",
    "404, NoSuchBucket,          BucketMissing",
    "503, SlowDown,              Unreachable",
    "500, Whatever,              Unreachable",
    "400, Whatever,              Other",
  })
  void namesWhatAnErrorCodeMeans(int status, String code, Kind kind) {
    String xml = "<Error><Code>%s</Code><Message>canary-secret</Message></Error>".formatted(code);
    answer(status, "application/xml", xml);

    assertThat(failure().kind()).isEqualTo(kind);
  }

  @Test
  void saysThatAnotherServerIsNoStorage() {
    answer(404, "text/html", "<html>canary-secret</html>");

    assertThat(failure()).hasMessageContaining("check the endpoint");
  }

  @Test
  void doesNotUnderstandAnAnswerThatIsNoListing() {
    answer(200, "application/xml", "<html>canary-secret");

    assertThat(failure().kind()).isNotEqualTo(Kind.Unreachable);
  }

  @Test
  void followsNoRedirect() {
    server.createContext(
        "/",
        exchange -> {
          paths.add(exchange.getRequestURI().getPath());
          exchange.getResponseHeaders().set("Location", endpoint() + "/elsewhere/");
          exchange.sendResponseHeaders(307, -1);
          exchange.close();
        });

    assertThat(failure().kind()).isNotEqualTo(Kind.Unreachable);
    assertThat(paths).isNotEmpty().doesNotContain("/elsewhere/");
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void sendsNothingToAnotherServer(int status) throws IOException {
    var arrived = new CopyOnWriteArrayList<String>();
    HttpServer other =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.createContext("/", exchange -> arrived.add(exchange.getRequestURI().toString()));
    other.start();
    server.createContext(
        "/",
        exchange -> {
          paths.add(exchange.getRequestURI().getPath());
          exchange
              .getResponseHeaders()
              .set("Location", "http://127.0.0.1:" + other.getAddress().getPort() + "/bucket/");
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    try {
      assertThat(failure().kind()).isNotEqualTo(Kind.Unreachable);
    } finally {
      other.stop(0);
    }
    assertThat(paths).isNotEmpty();
    assertThat(arrived).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 403})
  void givesUpAnAnswerThatNeverEnds(int status) {
    var sent = new AtomicLong();
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "application/xml");
          exchange.sendResponseHeaders(status, 0);
          byte[] piece = "<Contents/>".repeat(10_000).getBytes(UTF_8);
          try (var out = exchange.getResponseBody()) {
            out.write("<ListBucketResult>".getBytes(UTF_8));
            while (sent.get() < 50 * LimitedAnswers.LONGEST) {
              out.write(piece);
              sent.addAndGet(piece.length);
            }
          }
        });
    assertThat(failure().kind()).isIn(Kind.Unreachable, Kind.Other);
    assertThat(sent.get()).isLessThan(50 * LimitedAnswers.LONGEST);
  }

  @Test
  void saysThatNobodyAnswers() {
    String gone = endpoint();
    server.stop(0);

    assertThat(failure(gone).kind()).isEqualTo(Kind.Unreachable);
  }

  private void answer(int status, String type, String body) {
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", type);
          exchange.sendResponseHeaders(status, body.length());
          exchange.getResponseBody().write(body.getBytes(UTF_8));
          exchange.close();
        });
  }

  private String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private StorageException failure() {
    return failure(endpoint());
  }

  private StorageException failure(String endpoint) {
    StorageAccess access =
        new StorageAccess(
            SnapshotPath.parse("s3://bucket/jobs"),
            URI.create(endpoint),
            "us-east-1",
            Addressing.PathStyle,
            new Credentials("canary-access", "canary-secret"));
    StorageException failure =
        store
            .find(access, access.root())
            .<StorageException>handle((result, thrown) -> StorageException.of(thrown))
            .join();
    assertThat(failure).hasMessageContaining(endpoint).hasMessageNotContaining("canary");
    return failure;
  }
}
