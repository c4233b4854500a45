package io.streamjob.operator.core.spec;

import java.net.URI;
import java.util.Optional;

/**
 * A place for state that the administrator set up.
 *
 * @param root for example {@code s3://flink}; the state of a job lies below {@code
 *     <root>/<namespace>/<job>/}
 * @param endpoint of the S3 server; empty for Amazon's own
 * @param region of the bucket
 * @param secretName the Secret, in each job's own namespace, with {@code accessKey} and {@code
 *     secretKey}
 */
public record StorageProfile(
    String name,
    URI root,
    Optional<URI> endpoint,
    String region,
    Addressing addressing,
    String secretName) {

  /** How a bucket is named in a request. */
  public enum Addressing {
    PathStyle,
    VirtualHost
  }

  /** Everything of one namespace. Nothing of it ever reaches out of here. */
  public String namespaceFolder(String namespace) {
    String text = root.toString();
    return (text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + "/" + namespace;
  }

  /** Everything of one job. */
  public String jobFolder(String namespace, String job) {
    return namespaceFolder(namespace) + "/" + job;
  }

  /** The checkpoints of a job's runs; Flink makes a folder for each run below it. */
  public String checkpointFolder(String namespace, String job) {
    return jobFolder(namespace, job) + "/checkpoints";
  }

  /**
   * One attempt at a savepoint. No other attempt ever writes there, so that what lies in it is
   * known to be this attempt's, whatever was lost on the way.
   */
  public String attemptFolder(String namespace, String job, String operationId) {
    return jobFolder(namespace, job) + "/savepoints/" + operationId;
  }
}
