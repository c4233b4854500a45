package io.streamjob.operator.flink;

import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How {@link HttpFlinkClient} calls.
 *
 * @param connect the longest that a connection may take to open
 * @param call the longest that a call may take, body included
 * @param submission the same for submissions, which run the user's main()
 * @param longestAnswer in bytes
 * @param tls keys and trust for clusters that speak mutual TLS
 */
public record HttpOptions(
    Duration connect,
    Duration call,
    Duration submission,
    int longestAnswer,
    Optional<SSLContext> tls) {

  public static HttpOptions defaults() {
    return new HttpOptions(
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        Duration.ofMinutes(2),
        4 << 20,
        Optional.empty());
  }

  /** The same for clusters that speak mutual TLS. */
  public HttpOptions with(SSLContext keys) {
    return new HttpOptions(connect, call, submission, longestAnswer, Optional.of(keys));
  }
}
