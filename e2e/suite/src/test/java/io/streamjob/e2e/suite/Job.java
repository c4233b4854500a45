package io.streamjob.e2e.suite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** One StreamJob: the manifest that a user would apply, and what is seen of it. Immutable. */
final class Job {

  static final String API_VERSION = "streamjob.io/v1alpha1";

  private static final List<Class<? extends HasMetadata>> PARTS =
      List.of(
          ConfigMap.class,
          ControllerRevision.class,
          Deployment.class,
          Pod.class,
          ReplicaSet.class,
          Role.class,
          RoleBinding.class,
          Service.class,
          ServiceAccount.class);

  private static final JsonMapper JSON = new JsonMapper();

  private final Scene scene;
  private final String name;
  private final ObjectNode manifest;

  /** The sample job at parallelism 2, in pods that take little of the node. */
  Job(Scene scene, String name) {
    this(scene, name, manifest(scene, name));
  }

  private Job(Scene scene, String name, ObjectNode manifest) {
    this.scene = scene;
    this.name = name;
    this.manifest = manifest;
  }

  private static ObjectNode manifest(Scene scene, String name) {
    String text =
        """
        apiVersion: streamjob.io/v1alpha1
        kind: StreamJob
        metadata: {name: %s, namespace: %s}
        spec:
          image: %sv1
          parallelism: 2
          job:
            args: [--out, %s]
          checkpoints: {interval: 5s}
          jobManager:
            resources: {cpu: 50m, memory: 1Gi}
          taskManager:
            taskSlots: 2
            resources: {cpu: 50m, memory: 1200Mi}
        """
            .formatted(name, scene.namespace(), Scene.IMAGE, out(scene, name));
    return Yaml.parse(text, ObjectNode.class);
  }

  private static String out(Scene scene, String name) {
    return "s3://%s/out/%s/%s".formatted(Objects.BUCKET, scene.namespace(), name);
  }

  // ---- what the user writes

  /** The manifest with the field set to the value that stands in YAML. */
  Job with(String path, String yaml) {
    ObjectNode next = manifest.deepCopy();
    ObjectNode parent = next;
    String rest = path;
    for (int dot = rest.indexOf('.'); dot >= 0; dot = rest.indexOf('.')) {
      parent = parent.withObjectProperty(rest.substring(0, dot));
      rest = rest.substring(dot + 1);
    }
    parent.set(rest, Yaml.parse(yaml));
    return new Job(scene, name, next);
  }

  /** The manifest without the field. */
  Job without(String field) {
    ObjectNode next = manifest.deepCopy();
    ((ObjectNode) next.get("spec")).remove(field);
    return new Job(scene, name, next);
  }

  Job image(String tag) {
    return with("spec.image", Scene.IMAGE + tag);
  }

  /** With more arguments of the sample job. */
  Job args(String... more) {
    ArrayNode args = JSON.createArrayNode();
    args.add("--out").add(out());
    for (String arg : more) {
      args.add(arg);
    }
    return with("spec.job.args", args.toString());
  }

  String name() {
    return name;
  }

  /** Where the job's output goes. */
  String out() {
    return out(scene, name);
  }

  /** Where the job's state goes. */
  String state() {
    return "s3://%s/%s/%s".formatted(Objects.BUCKET, scene.namespace(), name);
  }

  /** As {@code kubectl apply --server-side} does. */
  JsonNode apply() {
    return applyAs("e2e");
  }

  JsonNode applyAs(String manager) {
    return tree(
        scene
            .client()
            .genericKubernetesResources(API_VERSION, "StreamJob")
            .inNamespace(scene.namespace())
            .resource(Yaml.parse(manifest.toString(), GenericKubernetesResource.class))
            .patch(
                new PatchContext.Builder()
                    .withPatchType(PatchType.SERVER_SIDE_APPLY)
                    .withFieldManager(manager)
                    .withForce(true)
                    .build()));
  }

  /** As {@code kubectl patch --type=merge} does. */
  JsonNode patch(String json) {
    return tree(resource().patch(PatchContext.of(PatchType.JSON_MERGE), json));
  }

  void scale(int parallelism) {
    resource().scale(parallelism);
  }

  void delete() {
    resource().delete();
  }

  /** Ends the job without a savepoint, and waits until it is gone. */
  void cancelAndDelete() {
    try {
      patch("{\"spec\":{\"onDelete\":\"Cancel\"}}");
      delete();
    } catch (KubernetesClientException e) {
      if (find().isPresent()) {
        throw e;
      }
    }
    awaitGone();
  }

  // ---- what is seen

  Resource<GenericKubernetesResource> resource() {
    return scene
        .client()
        .genericKubernetesResources(API_VERSION, "StreamJob")
        .inNamespace(scene.namespace())
        .withName(name);
  }

  Optional<JsonNode> find() {
    return Optional.ofNullable(resource().get()).map(Job::tree);
  }

  JsonNode get() {
    return find().orElseThrow(() -> new AssertionError("there is no StreamJob " + name));
  }

  static JsonNode tree(GenericKubernetesResource object) {
    return JSON.valueToTree(object);
  }

  JsonNode await(String what, Predicate<JsonNode> condition) {
    return Eventually.get(
        "StreamJob %s/%s: %s".formatted(scene.namespace(), name, what),
        () -> find().filter(condition),
        () -> find().map(Job::describe).orElse("no such StreamJob"));
  }

  /** Ready by kstatus's rules, for the generation that was applied last. */
  JsonNode awaitReady() {
    return await("is Ready", job -> Health.of(job) == Health.Current);
  }

  /** Ready with the reason Running. */
  JsonNode awaitRunning() {
    return await(
        "is Ready and Running",
        job -> Health.of(job) == Health.Current && reason(job, "Ready").equals("Running"));
  }

  /**
   * Where a story begins: the job runs, as it was left, else as the manifest has it, and without
   * the state of the stories before it.
   */
  JsonNode givenRunning() {
    if (find().isEmpty()) {
      with("spec.initialState", "{from: {empty: {}}}").apply();
    } else if (get().at("/spec/state").asText().equals("Suspended")) {
      patch("{\"spec\":{\"state\":\"Running\"}}");
    }
    return awaitRunning();
  }

  /** Suspends the job and waits for it. */
  JsonNode suspend() {
    patch("{\"spec\":{\"state\":\"Suspended\"}}");
    return awaitSuspended();
  }

  JsonNode awaitSuspended() {
    return await(
        "is Ready and Suspended",
        job -> Health.of(job) == Health.Current && reason(job, "Ready").equals("Suspended"));
  }

  /** Given up, until the spec changes. */
  JsonNode awaitGivenUp() {
    return await(
        "is given up: Stalled, with no plan in progress",
        job -> Health.of(job) == Health.Failed && job.at("/status/upgrade").isMissingNode());
  }

  JsonNode awaitReason(String type, String reason) {
    return await(
        "%s has reason %s".formatted(type, reason),
        job -> Health.of(job) != Health.Current && reason(job, type).equals(reason));
  }

  void awaitGone() {
    Eventually.is(
        "StreamJob %s/%s is gone".formatted(scene.namespace(), name),
        () -> find().isEmpty() && pods().isEmpty(),
        () -> find().map(Job::describe).orElse("gone") + ", pods " + pods().keySet());
  }

  /** Waits until there is nothing any more that the job was made of. */
  void awaitNoRemains() {
    Eventually.is(
        "nothing of StreamJob %s/%s remains".formatted(scene.namespace(), name),
        () -> remains().isEmpty(),
        () -> remains().toString());
  }

  private List<String> remains() {
    return PARTS.stream()
        .flatMap(part ->
            scene
                .client()
                .resources(part)
                .inNamespace(scene.namespace())
                .list()
                .getItems()
                .stream())
        .filter(object -> object.getMetadata().getName().startsWith(name + "-"))
        .map(object -> object.getKind() + "/" + object.getMetadata().getName())
        .toList();
  }

  static JsonNode condition(JsonNode job, String type) {
    return StreamSupport.stream(job.at("/status/conditions").spliterator(), false)
        .filter(condition -> condition.at("/type").asText().equals(type))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no condition " + type + " in " + describe(job)));
  }

  static String reason(JsonNode job, String type) {
    return StreamSupport.stream(job.at("/status/conditions").spliterator(), false)
        .filter(condition -> condition.at("/type").asText().equals(type))
        .map(condition -> condition.at("/reason").asText())
        .findFirst()
        .orElse("");
  }

  static String message(JsonNode job, String type) {
    return condition(job, type).at("/message").asText();
  }

  static String jobId(JsonNode job) {
    return job.at("/status/running/jobId").asText();
  }

  /** What a person looks at first. */
  static String describe(JsonNode job) {
    String conditions =
        StreamSupport.stream(job.at("/status/conditions").spliterator(), false)
            .map(c ->
                "%n  %s=%s %s: %s"
                    .formatted(
                        c.at("/type").asText(),
                        c.at("/status").asText(),
                        c.at("/reason").asText(),
                        c.at("/message").asText()))
            .collect(Collectors.joining());
    return "generation %s, observed %s, step %s, running %s%s"
        .formatted(
            job.at("/metadata/generation"),
            job.at("/status/observedGeneration"),
            job.at("/status/upgrade/step"),
            job.at("/status/running"),
            conditions);
  }

  /** The job's pods by name, each with its uid and how often its containers were started again. */
  Map<String, String> pods() {
    var pods = new TreeMap<String, String>();
    for (Pod pod : podList()) {
      int restarts =
          pod.getStatus().getContainerStatuses().stream()
              .mapToInt(status -> status.getRestartCount())
              .sum();
      pods.put(pod.getMetadata().getName(), pod.getMetadata().getUid() + ", restarts " + restarts);
    }
    return pods;
  }

  List<Pod> podList() {
    return scene
        .client()
        .pods()
        .inNamespace(scene.namespace())
        .withLabel("streamjob.io/job", name)
        .list()
        .getItems();
  }

  /** The revisions that have pods, ending ones included. */
  List<String> revisions() {
    return podList().stream()
        .map(pod -> pod.getMetadata().getLabels().get("streamjob.io/revision"))
        .distinct()
        .sorted()
        .toList();
  }

  /** The reasons of the job's Events. */
  List<String> events() {
    return scene.client().v1().events().inNamespace(scene.namespace()).list().getItems().stream()
        .filter(event -> event.getInvolvedObject().getName().equals(name))
        .filter(event -> event.getInvolvedObject().getKind().equals("StreamJob"))
        .map(event -> event.getReason())
        .toList();
  }

  Output output() {
    return new Output(scene.objects(), name, out());
  }
}
