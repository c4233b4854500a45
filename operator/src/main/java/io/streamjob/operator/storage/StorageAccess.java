package io.streamjob.operator.storage;

import java.net.URI;

/**
 * How to reach one piece of object storage. Nothing else is ever consulted: no environment, no
 * profile files, no instance roles.
 *
 * @param root all that may be read, written or deleted lies below it
 * @param endpoint {@code http} or {@code https} with a host and maybe a port, without a path
 * @param region what requests are signed for; servers without regions accept {@code us-east-1}
 */
public record StorageAccess(
    SnapshotPath root,
    URI endpoint,
    String region,
    Addressing addressing,
    Credentials credentials) {

  /** Where the bucket's name goes in a request. */
  public enum Addressing {
    /** {@code https://endpoint/bucket/key} */
    PathStyle,
    /** {@code https://bucket.endpoint/key} */
    VirtualHost
  }

  /** A pair of keys that never shows in text. */
  public record Credentials(String accessKey, String secretKey) {

    public Credentials {
      if (accessKey.isBlank() || secretKey.isBlank()) {
        throw new IllegalArgumentException("the storage credentials are empty");
      }
    }

    @Override
    public String toString() {
      return "Credentials[hidden]";
    }
  }

  public StorageAccess {
    boolean isHttp = "http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme());
    boolean hasPath = endpoint.getRawPath() != null && endpoint.getRawPath().length() > 1;
    if (!isHttp || endpoint.getHost() == null || hasPath || endpoint.getRawQuery() != null) {
      throw new IllegalArgumentException("the storage endpoint is not http(s)://host[:port]");
    }
    if (endpoint.getRawUserInfo() != null) {
      throw new IllegalArgumentException("the storage endpoint must not contain credentials");
    }
    if (region.isBlank()) {
      throw new IllegalArgumentException("the storage region is empty");
    }
  }
}
