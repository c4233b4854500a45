package io.streamjob.operator.observe;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.streamjob.operator.act.Executor;
import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.manifest.Anchor;
import io.streamjob.operator.manifest.Names;
import io.streamjob.operator.manifest.StoredRevision;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The Kubernetes objects of one StreamJob as the caches have them now.
 *
 * @param uid of the StreamJob
 * @param objects all of them, pods and ControllerRevisions included; also what an earlier job of
 *     the same name has left and the garbage collector has not got to yet
 */
record Snapshot(String uid, Collection<? extends HasMetadata> objects) implements Executor.World {

  /** Numbers of the revisions of which anything exists. */
  Set<Integer> revisions() {
    var numbers = new TreeSet<Integer>();
    objects.forEach(object -> number(object).ifPresent(numbers::add));
    return numbers;
  }

  private static Optional<Integer> number(HasMetadata object) {
    Map<String, String> labels = object.getMetadata().getLabels();
    String text = labels == null ? null : labels.get(Names.REVISION);
    try {
      return Optional.ofNullable(text).map(Integer::valueOf);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private <T extends HasMetadata> List<T> of(Class<T> type, int revision) {
    return objects.stream()
        .filter(type::isInstance)
        .map(type::cast)
        .filter(object -> number(object).equals(Optional.of(revision)))
        .toList();
  }

  @Override
  public Optional<StoredRevision> stored(int revision) {
    return of(ControllerRevision.class, revision).stream()
        .filter(this::isOurs)
        .findFirst()
        .flatMap(StoredRevision::read);
  }

  @Override
  public List<HasMetadata> objects(int revision) {
    return of(HasMetadata.class, revision).stream()
        .filter(object -> !(object instanceof ControllerRevision) && !(object instanceof Pod))
        .filter(object -> !object.isMarkedForDeletion())
        .toList();
  }

  @Override
  public boolean hasStarted(int revision) {
    return of(Pod.class, revision).stream()
        .filter(pod -> !isOver(pod) && pod.getStatus() != null)
        .flatMap(pod -> pod.getStatus().getContainerStatuses().stream())
        .anyMatch(container ->
            container.getRestartCount() > 0
                || (container.getState() != null && container.getState().getWaiting() == null));
  }

  /** Whether every watched object of the stored revision is there and stays. */
  boolean isComplete(int revision, StoredRevision stored) {
    var present = new HashMap<String, HasMetadata>();
    objects(revision).stream()
        .filter(this::isOurs)
        .forEach(object -> present.put(id(object), object));
    return stored.objects().stream()
        .filter(StoredRevision::isWatched)
        .allMatch(object -> present.containsKey(id(object)));
  }

  private boolean isOurs(HasMetadata object) {
    return Anchor.holds(object, uid);
  }

  private static String id(HasMetadata object) {
    return object.getKind() + "/" + object.getMetadata().getName();
  }

  /** How many objects are left, those on their way out included; records do not count. */
  int remains(int revision) {
    return of(ConfigMap.class, revision).size()
        + of(Service.class, revision).size()
        + of(Deployment.class, revision).size()
        + (int) of(Pod.class, revision).stream().filter(pod -> !isOver(pod)).count();
  }

  /** A pod that has ended for good runs nothing, whether or not its record is still there. */
  private static boolean isOver(Pod pod) {
    String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
    return "Succeeded".equals(phase) || "Failed".equals(phase);
  }

  Optional<Problem> problem(int revision) {
    return PodProblems.of(of(Deployment.class, revision), of(Pod.class, revision));
  }
}
