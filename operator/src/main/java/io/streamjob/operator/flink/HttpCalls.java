package io.streamjob.operator.flink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** JSON over HTTP, bounded in time and size; every failure becomes a {@link FlinkException}. */
final class HttpCalls implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int NO_LEADER = 503;

  private final HttpOptions options;
  private final HttpClient http;

  HttpCalls(HttpOptions options) {
    this.options = options;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(options.connect());
    options.tls().ifPresent(builder::sslContext);
    http = builder.build();
  }

  CompletableFuture<JsonNode> get(URI rest, String path) {
    return call("GET", rest, path, BodyPublishers.noBody(), options.call());
  }

  CompletableFuture<JsonNode> patch(URI rest, String path) {
    return call("PATCH", rest, path, BodyPublishers.noBody(), options.call());
  }

  CompletableFuture<JsonNode> post(URI rest, String path, JsonNode body) {
    return post(rest, path, body, options.call());
  }

  CompletableFuture<JsonNode> post(URI rest, String path, JsonNode body, Duration timeout) {
    return call("POST", rest, path, BodyPublishers.ofString(body.toString()), timeout);
  }

  /** Shuts down without waiting: calls under way fail. */
  @Override
  public void close() {
    http.shutdownNow();
  }

  private CompletableFuture<JsonNode> call(
      String method, URI rest, String path, BodyPublisher body, Duration timeout) {
    HttpRequest request =
        HttpRequest.newBuilder(address(rest, path))
            .method(method, body)
            .header("Accept", "application/json")
            .header("Content-Type", "application/json")
            .build();
    CompletableFuture<HttpResponse<byte[]>> exchange =
        http.sendAsync(request, head -> new LimitedBody(options.longestAnswer()));
    // Not HttpRequest.timeout, which stops counting when the headers are in.
    CompletableFuture<HttpResponse<byte[]>> bounded =
        exchange.copy().orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    return bounded.handle((response, failure) -> {
      if (failure != null) {
        exchange.cancel(true);
        throw FlinkException.of(failure);
      }
      return answer(response);
    });
  }

  private static URI address(URI rest, String path) {
    String base = rest.toString();
    return URI.create(
        base.endsWith("/") ? base.substring(0, base.length() - 1) + path : base + path);
  }

  private static JsonNode answer(HttpResponse<byte[]> response) {
    int status = response.statusCode();
    if (status == NO_LEADER) {
      throw new FlinkException.Unreachable("503: no JobManager leads yet");
    }
    boolean isError = status >= 300;
    JsonNode json = parse(response.body(), isError);
    if (!isError) {
      return json;
    }
    String reason = Answers.reason(json);
    throw new FlinkException.Rejected(status, reason.isEmpty() ? "HTTP status " + status : reason);
  }

  /** An error may come from a proxy, in any form; a success must be JSON. */
  private static JsonNode parse(byte[] body, boolean isError) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException notJson) {
      if (isError) {
        return MissingNode.getInstance();
      }
      throw new FlinkException.Unreachable("the answer is not JSON", notJson);
    } catch (IOException impossible) {
      throw new FlinkException.Unreachable("the answer is not readable", impossible);
    }
  }
}
