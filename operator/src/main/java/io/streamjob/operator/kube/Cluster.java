package io.streamjob.operator.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The API server, in the few words that the operator has for it. */
public interface Cluster {

  /** The API server will not have an object, however often it is asked. */
  final class RefusedException extends RuntimeException {

    /** The reason, in Kubernetes' own word, when the namespace is being deleted. */
    public static final String NAMESPACE_TERMINATING = "NamespaceTerminating";

    private static final long serialVersionUID = 1L;
    private final String reason;

    RefusedException(String reason, String message) {
      super(message);
      this.reason = reason;
    }

    /** One word, as in a condition. */
    public String reason() {
      return reason;
    }
  }

  /**
   * Creates an object unless it is there. A Secret that is there is not looked at: the operator has
   * no right to read any but the storage's, and gives its own names that nobody else would choose.
   *
   * @throws RefusedException if it is not allowed, or an object of that name belongs to somebody
   *     else
   */
  void createIfAbsent(HasMetadata object);

  /**
   * Changes a ConfigMap's data, provided that nobody changes it meanwhile; one that is not there is
   * left alone, and one that is as it should be is not written.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientException with code 409 if somebody did
   */
  void editData(String namespace, String name, UnaryOperator<Map<String, String>> edit);

  /** Deletes an object and, in the background, what it owns. Gone already is well. */
  void delete(HasMetadata object);

  /** Replaces an object's status, provided that nobody changed the object meanwhile. */
  <T extends HasMetadata> T putStatus(T object);

  /** Replaces an object's finalizers, provided that nobody changed the object meanwhile. */
  void putFinalizers(HasMetadata object, List<String> finalizers);

  /** The object as it is now, not as a cache has it. */
  <T extends HasMetadata> Optional<T> fresh(T object);

  /** All objects of a kind in a namespace as they are now, not as a cache has them. */
  <T extends HasMetadata> List<T> list(Class<T> type, String namespace);

  /**
   * Whether the namespace is being deleted: it takes nothing new in, and whatever holds an object
   * back holds the whole namespace.
   */
  boolean isTerminating(String namespace);

  /**
   * The values of a Secret; never logged, never kept.
   *
   * @throws RefusedException if the operator has no right to read Secrets of that name
   */
  Optional<Map<String, String>> secret(String namespace, String name);

  /**
   * Tells a sentence of an object's story. An Event that cannot be written is no reason to stop.
   *
   * @return whether it was written
   */
  boolean event(HasMetadata about, String reason, String message, boolean isWarning);

  /** Makes {@code owner} the owner, so that the object goes when the owner is gone. */
  static <T extends HasMetadata> T ownedBy(T object, HasMetadata owner) {
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
