package io.streamjob.e2e.suite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.streamjob.api.v1alpha1.Condition;
import io.streamjob.api.v1alpha1.Savepoint;
import io.streamjob.api.v1alpha1.SavepointSpec.Attempt;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One Savepoint, by name. */
record Save(Scene scene, String name) {

  /** Creates it by hand; {@code more} are further fields of the spec, in YAML on one line. */
  static Save create(Scene scene, String name, String job, String more) {
    String spec =
        "{source: {type: Job, job: {name: %s}}%s}"
            .formatted(job, more.isEmpty() ? "" : ", " + more);
    return create(scene, name, Yaml.parse(spec));
  }

  /** Creates it by hand with that spec. */
  static Save create(Scene scene, String name, JsonNode spec) {
    ObjectNode manifest =
        Yaml.parse(
            """
            apiVersion: streamjob.io/v1alpha1
            kind: Savepoint
            metadata: {name: %s, namespace: %s}
            """
                .formatted(name, scene.namespace()),
            ObjectNode.class);
    manifest.set("spec", spec);
    scene
        .client()
        .genericKubernetesResources(Job.API_VERSION, "Savepoint")
        .inNamespace(scene.namespace())
        .resource(Yaml.parse(manifest.toString(), GenericKubernetesResource.class))
        .create();
    return new Save(scene, name);
  }

  /** All of the namespace, oldest first. */
  static List<Savepoint> all(Scene scene) {
    return scene
        .client()
        .resources(Savepoint.class)
        .inNamespace(scene.namespace())
        .list()
        .getItems()
        .stream()
        .sorted(Comparator.comparing(s -> s.getMetadata().getCreationTimestamp()))
        .toList();
  }

  /** The one that was taken of the job for that reason, once it is there. */
  static Save taken(Scene scene, String job, String origin) {
    return Eventually.get(
        "a Savepoint of %s with origin %s".formatted(job, origin),
        () ->
            all(scene).stream()
                .filter(s -> s.getSpec().source().job().name().equals(job))
                .filter(s -> s.getSpec().source().job().attempt() != null)
                .filter(s -> s.getSpec().source().job().attempt().origin().name().equals(origin))
                .map(s -> new Save(scene, s.getMetadata().getName()))
                .reduce((older, newer) -> newer),
        () -> all(scene).stream().map(Save::describe).collect(Collectors.joining("\n")));
  }

  /** The operator's attempts at stopping a run, oldest first. */
  static Stream<Attempt> attempts(Scene scene, String jobId) {
    return all(scene).stream()
        .map(s -> s.getSpec().source().job().attempt())
        .filter(attempt -> attempt != null && attempt.jobId().equals(jobId));
  }

  Resource<Savepoint> resource() {
    return scene.client().resources(Savepoint.class).inNamespace(scene.namespace()).withName(name);
  }

  Optional<Savepoint> find() {
    return Optional.ofNullable(resource().get());
  }

  void patch(String json) {
    resource().patch(PatchContext.of(PatchType.JSON_MERGE), json);
  }

  Savepoint await(String what, Predicate<Savepoint> condition) {
    return Eventually.get(
        "Savepoint %s/%s: %s".formatted(scene.namespace(), name, what),
        () -> find().filter(condition),
        () -> find().map(Save::describe).orElse("no such Savepoint"));
  }

  Savepoint awaitReady() {
    return await("is Ready", s -> is(s, "Ready"));
  }

  void deleteAndAwaitGone() {
    resource().delete();
    Eventually.is(
        "Savepoint %s is gone".formatted(name),
        () -> find().isEmpty(),
        () -> find().map(Save::describe).orElse("gone"));
  }

  static boolean is(Savepoint savepoint, String type) {
    return condition(savepoint, type)
        .filter(c -> c.status() == Condition.Status.True)
        .filter(c -> savepoint.getMetadata().getGeneration().equals(c.observedGeneration()))
        .isPresent();
  }

  static Optional<Condition> condition(Savepoint savepoint, String type) {
    return conditions(savepoint).filter(c -> c.type().equals(type)).findFirst();
  }

  private static Stream<Condition> conditions(Savepoint savepoint) {
    return savepoint.getStatus() == null || savepoint.getStatus().conditions() == null
        ? Stream.empty()
        : savepoint.getStatus().conditions().stream();
  }

  private static String describe(Savepoint savepoint) {
    return savepoint.getMetadata().getName()
        + conditions(savepoint)
            .map(c -> "%n  %s=%s %s: %s".formatted(c.type(), c.status(), c.reason(), c.message()))
            .collect(Collectors.joining());
  }
}
