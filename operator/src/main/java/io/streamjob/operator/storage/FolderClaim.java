package io.streamjob.operator.storage;

import io.streamjob.operator.core.spec.ClaimTerms;
import io.streamjob.operator.storage.ObjectClient.Content;
import io.streamjob.operator.storage.StorageException.Kind;
import java.io.IOException;
import java.util.Optional;

/**
 * Claims a folder through a small object in it that names the owner.
 *
 * <p>The object is written on condition that it is still as it was read, and is read again
 * afterwards: what stands there then is what counts. A server that does not know conditional writes
 * gets a plain one; of two who claim the same folder there at the same moment both may believe for
 * a while that they have it, until the one that was overwritten looks again.
 */
record FolderClaim(ObjectClient objects, int fileLimit) {

  static final String NAME = "_owner";

  private static final int MAX_BYTES = 4096;

  private record Written(FolderOwner owner, String tag) {}

  Ownership run(SnapshotPath folder, FolderOwner claimant, ClaimTerms terms) throws IOException {
    SnapshotPath object = folder.resolve(NAME);
    Optional<Written> written = read(object);
    if (written.isPresent()) {
      Ownership now = ownership(written.get(), claimant);
      if (now instanceof Ownership.Owned || terms != ClaimTerms.ANY) {
        return now;
      }
    }
    if (terms == ClaimTerms.UNUSED) {
      Optional<String> snapshot = new Folders(objects).anySnapshot(folder, fileLimit);
      if (snapshot.isPresent()) {
        return new Ownership.Used(snapshot.get());
      }
    }
    write(object, claimant, written.map(Written::tag));
    return read(object)
        .map(found -> ownership(found, claimant))
        .orElseThrow(() ->
            new StorageException(
                Kind.Other, object + " is gone as soon as it was written; it is tried again"));
  }

  private static Ownership ownership(Written written, FolderOwner claimant) {
    return written.owner().uid().equals(claimant.uid())
        ? new Ownership.Owned()
        : new Ownership.OwnedBy(written.owner());
  }

  private Optional<Written> read(SnapshotPath object) throws IOException {
    Optional<Content> found = objects.find(object);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (Content content = found.get()) {
      byte[] bytes = content.stream().readNBytes(MAX_BYTES);
      return Optional.of(new Written(FolderOwner.decode(bytes, object), content.tag()));
    }
  }

  private void write(SnapshotPath object, FolderOwner owner, Optional<String> replaced) {
    try {
      objects.put(object.bucket(), object.key(), owner.encode(), replaced);
    } catch (StorageException failure) {
      switch (failure.kind()) {
        case Unsupported -> objects.put(object.bucket(), object.key(), owner.encode());
        // Somebody else was quicker, and is read now.
        case Changed, NotFound -> {}
        case BucketMissing,
            CredentialsRefused,
            AccessDenied,
            Unreachable,
            Corrupt,
            TooLarge,
            OutsideBoundary,
            Other ->
            throw failure;
      }
    }
  }
}
