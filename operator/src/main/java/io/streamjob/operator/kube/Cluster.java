package io.streamjob.operator.kube;

import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The API server, in the few words that the operator has for it. */
public final class Cluster {

  private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
  private static final int MAX_EVENT_MESSAGE = 1000;

  private final KubernetesClient client;

  public Cluster(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Creates an object unless it is there.
   *
   * @throws KubernetesClientException if an object of that name belongs to somebody else
   */
  public void createIfAbsent(HasMetadata object) {
    try {
      client.resource(object).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      requireSameOwner(object);
    }
  }

  private void requireSameOwner(HasMetadata object) {
    HasMetadata present = client.resource(object).get();
    if (present != null && !ownerUid(present).equals(ownerUid(object))) {
      throw new KubernetesClientException(
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

  /** Deletes an object and, in the background, what it owns. Gone already is well. */
  public void delete(HasMetadata object) {
    client.resource(object).delete();
  }

  /** Replaces an object's status, provided that nobody changed the object meanwhile. */
  public <T extends HasMetadata> T putStatus(T object) {
    return client.resource(object).updateStatus();
  }

  /** The object as it is now, not as a cache has it. */
  public <T extends HasMetadata> Optional<T> fresh(T object) {
    return Optional.ofNullable(client.resource(object).get());
  }

  /** The values of a Secret; never logged, never kept. */
  public Optional<Map<String, String>> secret(String namespace, String name) {
    Secret secret = client.secrets().inNamespace(namespace).withName(name).get();
    return Optional.ofNullable(secret)
        .map(
            found ->
                found.getData() == null
                    ? Map.<String, String>of()
                    : found.getData().entrySet().stream()
                        .collect(
                            Collectors.toMap(
                                Map.Entry::getKey, entry -> decode(entry.getValue()))));
  }

  private static String decode(String value) {
    return new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8).strip();
  }

  /** Tells a sentence of an object's story. An Event that cannot be written is no reason to stop. */
  public void event(HasMetadata about, String reason, String message, boolean isWarning) {
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
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
            .withNewSource()
            .withComponent("streamjob-operator")
            .endSource()
            .withFirstTimestamp(now)
            .withLastTimestamp(now)
            .withCount(1)
            .build();
    try {
      client.resource(event).create();
    } catch (KubernetesClientException e) {
      LOG.warn(
          "event not written: object={}/{} reason={} cause={}",
          about.getMetadata().getNamespace(),
          about.getMetadata().getName(),
          reason,
          e.getMessage());
    }
  }

  /**
   * Makes {@code owner} the owner, so that the object goes when the owner is gone. Deletion is not
   * blocked on it: a foreground deletion (Argo CD's default) must not end the pods of a job before
   * its last savepoint is taken.
   */
  public static <T extends HasMetadata> T ownedBy(T object, HasMetadata owner) {
    object
        .getMetadata()
        .setOwnerReferences(
            List.of(
                new OwnerReferenceBuilder()
                    .withApiVersion(owner.getApiVersion())
                    .withKind(owner.getKind())
                    .withName(owner.getMetadata().getName())
                    .withUid(owner.getMetadata().getUid())
                    .withController(true)
                    .withBlockOwnerDeletion(false)
                    .build()));
    return object;
  }
}
