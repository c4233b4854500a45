package io.streamjob.operator.act;

import io.streamjob.operator.manifest.ClusterKeys;
import io.streamjob.operator.manifest.Names;
import java.net.URI;
import java.util.Optional;

/** Where a revision's JobManager answers, and how its cluster keeps others out. */
@FunctionalInterface
public interface Endpoints {

  /** The base address of its REST endpoint. */
  URI rest(Names names, int revision);

  /** Makes the keys of new clusters; empty if they speak without any. */
  default Optional<ClusterKeys> keys() {
    return Optional.empty();
  }

  /** By the Service's name, as pods of the cluster find it. */
  static Endpoints byServiceName() {
    return (names, revision) -> byServiceName("http", names, revision);
  }

  /** The same with mutual TLS. */
  static Endpoints byServiceName(ClusterKeys keys) {
    return new Endpoints() {
      @Override
      public URI rest(Names names, int revision) {
        return byServiceName("https", names, revision);
      }

      @Override
      public Optional<ClusterKeys> keys() {
        return Optional.of(keys);
      }
    };
  }

  private static URI byServiceName(String scheme, Names names, int revision) {
    return URI.create(
        "%s://%s.%s.svc:%d"
            .formatted(scheme, names.service(revision), names.namespace(), Names.REST_PORT));
  }
}
