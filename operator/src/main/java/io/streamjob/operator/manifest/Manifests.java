package io.streamjob.operator.manifest;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.streamjob.operator.core.spec.RevisionSpec;
import io.streamjob.operator.core.spec.StorageProfile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** All objects of a revision's Flink cluster, without owner. */
public final class Manifests {

  private static final int SECONDS_TO_STOP = 10;

  private final Names names;
  private final int revision;
  private final HighAvailability availability;
  private final RevisionSpec spec;
  private final StorageProfile storage;
  private final Transport transport;

  private Manifests(
      HighAvailability availability,
      RevisionSpec spec,
      StorageProfile storage,
      Transport transport) {
    this.names = availability.names();
    this.revision = availability.revision();
    this.availability = availability;
    this.spec = spec;
    this.storage = storage;
    this.transport = transport;
  }

  /** The objects in the order in which they should come into being; what is watched comes last. */
  public static List<HasMetadata> render(
      HighAvailability availability,
      RevisionSpec spec,
      StorageProfile storage,
      Transport transport) {
    var manifests = new Manifests(availability, spec, storage, transport);
    var objects = new ArrayList<>(availability.ofCluster());
    objects.addAll(
        List.of(
            manifests.config(),
            manifests.service(),
            manifests.jobManager(),
            manifests.taskManager()));
    return List.copyOf(objects);
  }

  private ConfigMap config() {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(names.revision(revision))
        .withNamespace(names.namespace())
        .withLabels(names.labels(revision))
        .endMetadata()
        .withImmutable(true)
        .addToData("config.yaml", EngineConfig.yaml(availability, spec, storage, transport))
        .addToData("log4j-console.properties", resource("log4j-console.properties"))
        .build();
  }

  private Service service() {
    return new ServiceBuilder()
        .withNewMetadata()
        .withName(names.service(revision))
        .withNamespace(names.namespace())
        .withLabels(names.labels(revision))
        .endMetadata()
        .withNewSpec()
        .withSelector(names.labels(revision, Names.JOB_MANAGER))
        // TaskManagers look for the JobManager before it calls itself ready.
        .withPublishNotReadyAddresses(true)
        .addToPorts(
            new ServicePortBuilder().withName("rpc").withPort(6123).build(),
            new ServicePortBuilder().withName("blob").withPort(6124).build(),
            new ServicePortBuilder().withName("rest").withPort(Names.REST_PORT).build())
        .endSpec()
        .build();
  }

  private Deployment jobManager() {
    return deployment(Names.JOB_MANAGER, 1, pods().jobManager());
  }

  private Deployment taskManager() {
    return deployment(Names.TASK_MANAGER, spec.taskManagers(), pods().taskManager());
  }

  private Pods pods() {
    return new Pods(availability, spec, storage, transport);
  }

  private Deployment deployment(String component, int replicas, PodTemplateSpec template) {
    template.getMetadata().setLabels(names.labels(revision, component));
    template.getSpec().setTerminationGracePeriodSeconds((long) SECONDS_TO_STOP);
    return new DeploymentBuilder()
        .withNewMetadata()
        .withName(names.deployment(revision, component))
        .withNamespace(names.namespace())
        .withLabels(names.labels(revision, component))
        .endMetadata()
        .withNewSpec()
        .withReplicas(replicas)
        .withRevisionHistoryLimit(0)
        // Never two pods of one kind side by side.
        .withNewStrategy()
        .withType("Recreate")
        .endStrategy()
        .withNewSelector()
        .withMatchLabels(names.labels(revision, component))
        .endSelector()
        .withTemplate(template)
        .endSpec()
        .build();
  }

  /** A text file that belongs to this package. */
  static String resource(String name) {
    try (InputStream in = Manifests.class.getResourceAsStream("/manifest/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
