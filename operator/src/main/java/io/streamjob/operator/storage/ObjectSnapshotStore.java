package io.streamjob.operator.storage;

import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.spec.ClaimTerms;
import io.streamjob.operator.storage.StorageException.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The rules of {@link SnapshotStore}, above plain objects; a backend adds the objects. */
abstract class ObjectSnapshotStore implements SnapshotStore {

  static final String METADATA = "_metadata";

  private static final Pattern SAVEPOINT = Pattern.compile("savepoint-.+");
  private static final Pattern ATTEMPT = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern CHECKPOINT = Pattern.compile("chk-([0-9]{1,18})");
  private static final int MAX_SUBFOLDERS = 10_000;

  private final StorageLimits limits;
  private final BoundedTasks tasks;

  ObjectSnapshotStore(StorageLimits limits) {
    this.limits = limits;
    this.tasks = new BoundedTasks(limits.concurrency(), limits.operation());
  }

  /** The backend's objects as {@code access} reaches them; cheap to ask for. */
  abstract ObjectClient client(StorageAccess access);

  @Override
  public final CompletableFuture<Void> check(StorageAccess access, SnapshotPath folder) {
    return inside(access, folder, () -> new WriteCheck(client(access)).run(folder));
  }

  @Override
  public final CompletableFuture<Ownership> claim(
      StorageAccess access, SnapshotPath folder, FolderOwner owner, ClaimTerms terms) {
    return inside(
        access,
        folder,
        () -> new FolderClaim(client(access), limits.files()).run(folder, owner, terms));
  }

  @Override
  public final CompletableFuture<AttemptResult> find(
      StorageAccess access, SnapshotPath attemptFolder) {
    SnapshotPath folder = attemptFolder.withSchemeOf(access.root());
    return inside(access, folder, () -> find(new Folders(client(access)), folder));
  }

  @Override
  public final CompletableFuture<Optional<SnapshotPath>> newestCheckpoint(
      StorageAccess access, SnapshotPath folder) {
    SnapshotPath path = folder.withSchemeOf(access.root());
    return inside(access, path, () -> newest(new Folders(client(access)), path));
  }

  @Override
  public final CompletableFuture<SnapshotFacts> verify(
      StorageAccess access, SnapshotPath location) {
    return inside(
        access,
        location,
        () ->
            new SnapshotVerifier(new Folders(client(access)), tasks, limits, access.root())
                .verify(location));
  }

  @Override
  public final CompletableFuture<Deletion> delete(
      StorageAccess access, SnapshotPath location, SnapshotPath boundary) {
    return inside(
        access,
        boundary,
        () -> {
          requireDeletable(location, boundary);
          return new SnapshotDeleter(client(access)).delete(location, boundary);
        });
  }

  @Override
  public final CompletableFuture<Optional<JobState>> jobResult(
      StorageAccess access, SnapshotPath folder, String jobId) {
    return inside(access, folder, () -> new JobResults(client(access)).read(folder, jobId));
  }

  @Override
  public final CompletableFuture<Void> deleteHighAvailability(
      StorageAccess access, SnapshotPath folder) {
    return inside(
        access,
        folder,
        () -> {
          if (folder.parent().filter(parent -> parent.name().equals("ha")).isEmpty()) {
            throw new StorageException(
                Kind.OutsideBoundary, folder + " is not deleted: it is not one cluster's folder");
          }
          new SnapshotDeleter(client(access)).deleteAll(folder);
          return null;
        });
  }

  @Override
  public final int waiting() {
    return tasks.waiting();
  }

  @Override
  public void close() {
    tasks.close();
  }

  private <T> CompletableFuture<T> inside(
      StorageAccess access, SnapshotPath place, Callable<T> work) {
    SnapshotPath root = access.root();
    return root.isSamePlace(place) || root.contains(place)
        ? tasks.start(work)
        : CompletableFuture.failedFuture(
            new StorageException(
                Kind.OutsideBoundary, place + " lies outside " + root + " and is not touched"));
  }

  private static AttemptResult find(Folders folders, SnapshotPath attempt) {
    List<SnapshotPath> complete =
        savepoints(folders, attempt).stream()
            .filter(savepoint -> isComplete(folders, savepoint))
            .toList();
    return switch (complete.size()) {
      case 0 -> {
        int files = folders.countFiles(attempt);
        yield files == 0 ? new AttemptResult.None() : new AttemptResult.Incomplete(files);
      }
      case 1 -> new AttemptResult.Complete(complete.getFirst());
      default -> new AttemptResult.Ambiguous(complete);
    };
  }

  /** All that an attempt left, complete or not. */
  static List<SnapshotPath> savepoints(Folders folders, SnapshotPath attempt) {
    return folders.subfolders(attempt, MAX_SUBFOLDERS).stream()
        .filter(SAVEPOINT.asMatchPredicate())
        .sorted()
        .map(attempt::resolve)
        .toList();
  }

  static boolean isAttempt(SnapshotPath path) {
    return ATTEMPT.matcher(path.name()).matches();
  }

  private static Optional<SnapshotPath> newest(Folders folders, SnapshotPath run) {
    List<SnapshotPath> checkpoints = new ArrayList<>();
    for (String name : folders.subfolders(run, MAX_SUBFOLDERS)) {
      SnapshotPath child = run.resolve(name);
      if (isCheckpoint(child)) {
        checkpoints.add(child);
      } else {
        folders.subfolders(child, MAX_SUBFOLDERS).stream()
            .map(child::resolve)
            .filter(ObjectSnapshotStore::isCheckpoint)
            .forEach(checkpoints::add);
      }
    }
    return checkpoints.stream()
        .sorted(Comparator.comparingLong(ObjectSnapshotStore::number).reversed())
        .filter(checkpoint -> isComplete(folders, checkpoint))
        .findFirst();
  }

  private static boolean isComplete(Folders folders, SnapshotPath snapshot) {
    return folders.size(snapshot.resolve(METADATA)).isPresent();
  }

  private static boolean isCheckpoint(SnapshotPath path) {
    return CHECKPOINT.matcher(path.name()).matches();
  }

  private static long number(SnapshotPath checkpoint) {
    Matcher matcher = CHECKPOINT.matcher(checkpoint.name());
    return matcher.matches() ? Long.parseLong(matcher.group(1)) : -1;
  }

  private static void requireDeletable(SnapshotPath location, SnapshotPath boundary) {
    if (!boundary.contains(location)) {
      throw new StorageException(
          Kind.OutsideBoundary, location + " is not deleted: it lies outside " + boundary);
    }
    if (!SAVEPOINT.matcher(location.name()).matches()
        && !isAttempt(location)
        && !isCheckpoint(location)) {
      throw new StorageException(
          Kind.OutsideBoundary,
          location + " is not deleted: it is neither a snapshot's folder nor an attempt's");
    }
  }
}
