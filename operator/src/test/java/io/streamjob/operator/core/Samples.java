package io.streamjob.operator.core;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.operator.core.spec.Desired;
import io.streamjob.operator.core.spec.ParsedSpec;
import io.streamjob.operator.core.spec.RevisionSpec;
import io.streamjob.operator.core.spec.SpecParser;
import io.streamjob.operator.core.spec.StorageProfile;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/** Data that more than one test starts from. */
public final class Samples {

  /** The least that a user writes. */
  public static final String MINIMAL = "image: example/orders:1";

  /** Every field of a revision, none at its default. */
  public static final String FULL =
      """
      image: example/orders:2
      imagePullPolicy: IfNotPresent
      imagePullSecrets: [{name: pull-a}, {name: pull-b}]
      engine:
        config:
          restart-strategy.type: fixed-delay
          pipeline.object-reuse: "true"
      job:
        jar: /opt/app/orders.jar
        entryClass: com.example.Orders
        args: [--topic, orders, --greeting, "a \\"b\\" $c"]
      parallelism: 3
      maxParallelism: 256
      jobManager:
        resources: {cpu: "1", memory: 2Gi}
      taskManager:
        resources: {cpu: 1500m, memory: 3072Mi}
        taskSlots: 2
      stateBackend: rocksdb
      storage: {profile: fast}
      checkpoints:
        interval: 500ms
        timeout: 2h
        mode: AtLeastOnce
        unaligned: Enabled
        incremental: Disabled
        retained: 5
      restartToken: monday
      """;

  private static final KubernetesSerialization YAML =
      new KubernetesSerialization(new ObjectMapper(), false);

  private Samples() {}

  /** A StreamJob of generation 1 with this spec, in YAML. */
  public static StreamJob job(String spec) {
    String head =
        """
        apiVersion: streamjob.io/v1alpha1
        kind: StreamJob
        metadata: {name: orders, namespace: shop, generation: 1, uid: 0b6a7a5e}
        """;
    return YAML.unmarshal(head + "spec:\n" + spec.indent(2), StreamJob.class);
  }

  public static ParsedSpec parse(StreamJob job) {
    return new SpecParser(Map.of("default", profile("default"), "fast", profile("fast")))
        .parse(job);
  }

  private static StorageProfile profile(String name) {
    return new StorageProfile(
        name,
        URI.create("s3://flink"),
        Optional.empty(),
        "us-east-1",
        StorageProfile.Addressing.PathStyle,
        "streamjob-storage");
  }

  public static Desired desired(String spec) {
    return parse(job(spec)).wanted().orElseThrow();
  }

  public static RevisionSpec revision(String image) {
    return desired("image: " + image).revision();
  }
}
