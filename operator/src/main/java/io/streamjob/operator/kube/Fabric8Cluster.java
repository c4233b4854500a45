package io.streamjob.operator.kube;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The real API server. */
public final class Fabric8Cluster implements Cluster {

  private static final Logger LOG = LoggerFactory.getLogger(Fabric8Cluster.class);
  private static final int MAX_EVENT_MESSAGE = 1000;

  /** Admission, quotas, validation and missing rights: the same request is refused again. */
  private static final Set<Integer> REFUSALS =
      Set.of(
          HttpURLConnection.HTTP_BAD_REQUEST,
          HttpURLConnection.HTTP_FORBIDDEN,
          HttpURLConnection.HTTP_NOT_FOUND,
          422);

  /** As Kubernetes' MicroTime wants it: always six digits. */
  private static final DateTimeFormatter MICRO_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private static final String HOST =
      Optional.ofNullable(System.getenv("HOSTNAME")).orElse("operator");

  private static final Duration WRITE_LIMIT = Duration.ofSeconds(10);

  private final KubernetesClient client;
  private final KubernetesClient writer;
  private final Mandate mandate;

  /**
   * @param mandate without which nothing is changed
   */
  public Fabric8Cluster(KubernetesClient client, Mandate mandate) {
    this.client = client;
    // The client's own retries would send a change when the mandate is long gone.
    this.writer = Impatient.client(client, WRITE_LIMIT);
    this.mandate = mandate;
  }

  @Override
  public void createIfAbsent(HasMetadata object) {
    mandate.require();
    try {
      writer.resource(object).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        if (!(object instanceof Secret)) {
          requireSameOwner(object);
        }
        return;
      }
      throw isRefusal(e) ? new RefusedException(reason(e), message(e)) : e;
    }
  }

  @Override
  public boolean isTerminating(String namespace) {
    var probe =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withGenerateName("streamjob-probe-")
            .withNamespace(namespace)
            .endMetadata()
            .build();
    try {
      client.resource(probe).dryRun().create();
      return false;
    } catch (KubernetesClientException e) {
      return reason(e).equals(RefusedException.NAMESPACE_TERMINATING);
    }
  }

  private static String reason(KubernetesClientException e) {
    boolean isTerminating =
        Optional.ofNullable(e.getStatus())
            .map(Status::getDetails)
            .map(StatusDetails::getCauses)
            .stream()
            .flatMap(List::stream)
            .anyMatch(cause -> RefusedException.NAMESPACE_TERMINATING.equals(cause.getReason()));
    return isTerminating ? RefusedException.NAMESPACE_TERMINATING : "ApiServerRefused";
  }

  /** What the API server said, without the client's own words around it. */
  private static String message(KubernetesClientException e) {
    return Optional.ofNullable(e.getStatus())
        .map(Status::getMessage)
        .orElseGet(() -> String.valueOf(e.getMessage()));
  }

  private static boolean isRefusal(KubernetesClientException e) {
    return REFUSALS.contains(e.getCode());
  }

  private void requireSameOwner(HasMetadata object) {
    HasMetadata present = client.resource(object).get();
    if (present != null && !ownerUid(present).equals(ownerUid(object))) {
      throw new RefusedException(
          "NameTaken",
          "%s %s exists and belongs to something else: delete or rename it"
              .formatted(object.getKind(), object.getMetadata().getName()));
    }
  }

  private static String ownerUid(HasMetadata object) {
    return object.getMetadata().getOwnerReferences().stream()
        .findFirst()
        .map(OwnerReference::getUid)
        .orElse("");
  }

  @Override
  public void editData(String namespace, String name, UnaryOperator<Map<String, String>> edit) {
    mandate.require();
    ConfigMap now = client.configMaps().inNamespace(namespace).withName(name).get();
    if (now == null) {
      return;
    }
    Map<String, String> before = now.getData() == null ? Map.of() : now.getData();
    Map<String, String> after = edit.apply(before);
    if (!after.equals(before)) {
      writer.resource(now.edit().withData(after).build()).update();
    }
  }

  @Override
  public void delete(HasMetadata object) {
    mandate.require();
    writer.resource(object).delete();
  }

  @Override
  public <T extends HasMetadata> T putStatus(T object) {
    mandate.require();
    return writer.resource(object).updateStatus();
  }

  @Override
  public void putFinalizers(HasMetadata object, List<String> finalizers) {
    mandate.require();
    var patch =
        List.of(
            Map.of(
                "op",
                "test",
                "path",
                "/metadata/resourceVersion",
                "value",
                object.getMetadata().getResourceVersion()),
            Map.of("op", "add", "path", "/metadata/finalizers", "value", finalizers));
    writer
        .resource(object)
        .patch(PatchContext.of(PatchType.JSON), client.getKubernetesSerialization().asJson(patch));
  }

  @Override
  public <T extends HasMetadata> Optional<T> fresh(T object) {
    return Optional.ofNullable(client.resource(object).get());
  }

  @Override
  public <T extends HasMetadata> List<T> list(Class<T> type, String namespace) {
    return client.resources(type).inNamespace(namespace).list().getItems();
  }

  @Override
  public Optional<Map<String, String>> secret(String namespace, String name) {
    return Optional.ofNullable(read(namespace, name))
        .map(found ->
            found.getData() == null
                ? Map.<String, String>of()
                : found.getData().entrySet().stream()
                    .collect(
                        Collectors.toMap(Map.Entry::getKey, entry -> decode(entry.getValue()))));
  }

  private Secret read(String namespace, String name) {
    try {
      return client.secrets().inNamespace(namespace).withName(name).get();
    } catch (KubernetesClientException e) {
      throw e.getCode() == HttpURLConnection.HTTP_FORBIDDEN
          ? new RefusedException(
              "SecretForbidden",
              "the operator may not read Secrets called %s: name it in the operator's role"
                  .formatted(name))
          : e;
    }
  }

  private static String decode(String value) {
    return new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8).strip();
  }

  @Override
  public boolean event(HasMetadata about, String reason, String message, boolean isWarning) {
    mandate.require();
    // In microseconds: the sentences of a story follow each other within one second.
    String now = MICRO_TIME.format(Instant.now());
    var event =
        new EventBuilder()
            .withNewMetadata()
            .withGenerateName(about.getMetadata().getName() + "-")
            .withNamespace(about.getMetadata().getNamespace())
            .endMetadata()
            .withNewInvolvedObject()
            .withApiVersion(about.getApiVersion())
            .withKind(about.getKind())
            .withName(about.getMetadata().getName())
            .withNamespace(about.getMetadata().getNamespace())
            .withUid(about.getMetadata().getUid())
            .endInvolvedObject()
            .withType(isWarning ? "Warning" : "Normal")
            .withReason(reason)
            .withMessage(
                message.length() <= MAX_EVENT_MESSAGE
                    ? message
                    : message.substring(0, MAX_EVENT_MESSAGE))
            .withNewEventTime(now)
            .withReportingComponent("streamjob.io/operator")
            .withReportingInstance(HOST)
            .withAction(reason)
            .build();
    try {
      writer.resource(event).create();
      return true;
    } catch (KubernetesClientException e) {
      LOG.warn(
          "event not written: object={}/{} reason={} cause={}",
          about.getMetadata().getNamespace(),
          about.getMetadata().getName(),
          reason,
          message(e));
      return false;
    }
  }
}
