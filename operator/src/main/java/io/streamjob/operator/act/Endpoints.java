package io.streamjob.operator.act;

import io.streamjob.operator.manifest.Names;
import java.net.URI;

/** Where a revision's JobManager answers. */
@FunctionalInterface
public interface Endpoints {

  /** The base address of its REST endpoint. */
  URI rest(Names names, int revision);

  /** By the Service's name, as pods of the cluster find it. */
  static Endpoints byServiceName() {
    return (names, revision) ->
        URI.create(
            "http://%s.%s.svc:%d"
                .formatted(names.service(revision), names.namespace(), Names.REST_PORT));
  }
}
