package io.streamjob.operator.manifest;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import java.util.Map;

/**
 * The owner of everything that one StreamJob is made of, in the StreamJob's place: Kubernetes
 * deletes what an object owns as soon as a foreground deletion of it begins, and takes the owner
 * away in an orphaning one. A job's cluster has to outlast the deletion until its last savepoint is
 * taken, so the operator deletes the anchor itself, last of all, and what it owns goes with it.
 */
public final class Anchor {

  private Anchor() {}

  /** The anchor of the StreamJob of that uid: another job of the same name has another. */
  public static ControllerRevision of(Names names, String uid) {
    return new ControllerRevisionBuilder()
        .withNewMetadata()
        .withName(names.job() + "-" + uid)
        .withNamespace(names.namespace())
        .withLabels(Map.of(Names.MANAGED_BY, Names.OPERATOR, Names.JOB, names.job()))
        .endMetadata()
        .withRevision(0L)
        .withData(Map.of("streamJob", uid))
        .build();
  }

  /** Whether an object belongs to the StreamJob of that uid. */
  public static boolean holds(HasMetadata object, String uid) {
    return object.getMetadata().getOwnerReferences().stream()
        .anyMatch(owner -> owner.getName().endsWith("-" + uid));
  }
}
