package io.streamjob.operator.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.operator.core.spec.ClaimTerms;
import io.streamjob.operator.storage.InMemorySnapshotStore.Fault;
import io.streamjob.operator.storage.SnapshotStore.Deletion;
import io.streamjob.operator.storage.StorageException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of the contract, and those that need faults, small pages or markers. */
class InMemorySnapshotStoreTest extends SnapshotStoreContract {

  private static final StorageAccess ACCESS = InMemorySnapshotStore.ACCESS;

  private static final FolderOwner SOMEBODY = new FolderOwner("uid-1", "shop", "orders");

  private InMemorySnapshotStore store = new InMemorySnapshotStore();

  @AfterEach
  void close() {
    store.close();
  }

  @ParameterizedTest
  @CsvSource({
    "Unreachable, Unreachable",
    "BucketMissing, BucketMissing",
    "CredentialsRefused, CredentialsRefused",
    "AccessDenied, AccessDenied"
  })
  void passesOnWhyStorageFailed(Fault fault, Kind kind) {
    store.inject(fault);

    assertThat(failure(store.find(ACCESS, at("attempt"))).kind()).isEqualTo(kind);
  }

  @Test
  void givesUpOnAServerThatDoesNotAnswer() {
    limits(StorageLimits.DEFAULT.withOperation(Duration.ofMillis(100)), ObjectClient.PAGE);
    store.inject(Fault.Slow);

    assertThat(failure(store.find(ACCESS, at("attempt"))).kind()).isEqualTo(Kind.Unreachable);
  }

  @Test
  void answersTheNextCallAfterManyWereGivenUp() {
    limits(StorageLimits.DEFAULT.withOperation(Duration.ofMillis(500)), ObjectClient.PAGE);
    store.inject(Fault.Slow);
    List<CompletableFuture<AttemptResult>> calls =
        IntStream.range(0, 100).mapToObj(i -> store.find(ACCESS, at("attempt"))).toList();
    calls.forEach(call -> assertThat(failure(call).kind()).isEqualTo(Kind.Unreachable));

    store.inject(Fault.None);

    assertThat(store.find(ACCESS, at("attempt")).join()).isEqualTo(new AttemptResult.None());
  }

  @Test
  void leavesAFolderToWhoeverWasQuicker() {
    var quicker = new FolderOwner("uid-2", "shop", "orders");
    store.beforeConditional(() -> store.put(at("folder/_owner"), quicker.encode()));

    assertThat(claim(ClaimTerms.ANY)).isEqualTo(new Ownership.OwnedBy(quicker));

    store.beforeConditional(() -> store.remove(at("folder/_owner")));
    assertThat(failure(store.claim(ACCESS, at("folder"), SOMEBODY, ClaimTerms.ANY)).kind())
        .isEqualTo(Kind.Other);
    store.beforeConditional(() -> {});
    assertThat(claim(ClaimTerms.UNUSED)).isEqualTo(new Ownership.Owned());
  }

  @Test
  void claimsAFolderOnAServerThatDoesNotKnowConditions() {
    store.forgetConditions();

    assertThat(claim(ClaimTerms.UNUSED)).isEqualTo(new Ownership.Owned());
    assertThat(claim(ClaimTerms.UNUSED)).isEqualTo(new Ownership.Owned());
  }

  @Test
  void knowsItsFolderAgainWhenTheReplyToAClaimWasLost() {
    limits(StorageLimits.DEFAULT, ObjectClient.PAGE);
    store.failAfter(3);
    assertThat(failure(store.claim(ACCESS, at("folder"), SOMEBODY, ClaimTerms.UNUSED)).kind())
        .isEqualTo(Kind.Unreachable);
    assertThat(keys()).hasSize(1);
    store.failAfter(Integer.MAX_VALUE);

    assertThat(claim(ClaimTerms.UNUSED)).isEqualTo(new Ownership.Owned());
  }

  @Test
  void takesAFolderTooLargeToGoThroughForUsed() {
    limits(StorageLimits.DEFAULT.withFiles(3), 2);
    for (int i = 0; i < 9; i++) {
      put(at("folder/state-" + i), new byte[1]);
    }

    assertThat(claim(ClaimTerms.UNUSED)).isEqualTo(new Ownership.Used(at("folder").toString()));
  }

  private Ownership claim(ClaimTerms terms) {
    return store.claim(ACCESS, at("folder"), SOMEBODY, terms).join();
  }

  @Test
  void seesNoFilesInMarkers() {
    store.putMarker(at("attempt"));
    store.putMarker(at("attempt/savepoint-1-a"));

    assertThat(store.find(ACCESS, at("attempt")).join()).isEqualTo(new AttemptResult.None());
  }

  @Test
  void deletesTheMetadataFirst() {
    SnapshotPath savepoint = store.putSavepoint(at("attempt"), "1-a");
    put(savepoint.resolve("A"), new byte[1]);

    store.delete(ACCESS, savepoint, ACCESS.root()).join();

    assertThat(store.requests().stream().filter(request -> request.startsWith("remove")))
        .containsExactly(
            "remove jobs/attempt/savepoint-1-a/_metadata", "remove jobs/attempt/savepoint-1-a/A");
  }

  @Test
  void resumesADeletionAfterAnyRequest() {
    SnapshotPath savepoint = at("attempt/savepoint-1-a");
    int requests = 0;
    StorageException failure;
    do {
      limits(StorageLimits.DEFAULT, 2);
      store.putSavepoint(at("attempt"), "1-a");
      IntStream.range(0, 5).forEach(i -> put(savepoint.resolve("state-" + i), new byte[1]));
      store.failAfter(requests++);
      failure = store.delete(ACCESS, savepoint, ACCESS.root()).handle(this::failureOf).join();

      boolean isTouched = keys().size() < 6;
      assertThat(store.keys().contains(savepoint.resolve("_metadata").key()))
          .as("complete after %d requests", requests - 1)
          .isEqualTo(!isTouched);

      store.failAfter(Integer.MAX_VALUE);
      store.delete(ACCESS, savepoint, ACCESS.root()).join();
      assertThat(store.keys()).isEmpty();
    } while (failure != null);
    assertThat(requests).isGreaterThan(8);
  }

  @Test
  void removesMarkersOfTheSnapshotAndOfItsEmptyAttempt() {
    SnapshotPath savepoint = store.putSavepoint(at("savepoints/attempt"), "1-a");
    store.putMarker(at("savepoints"));
    store.putMarker(at("savepoints/attempt"));
    store.putMarker(savepoint);
    store.putMarker(savepoint.resolve("nested"));

    Deletion deletion = store.delete(ACCESS, savepoint, at("savepoints")).join();

    assertThat(deletion.objects()).isEqualTo(1);
    assertThat(store.keys()).containsExactly("jobs/savepoints/");
  }

  @Test
  void keepsTheMarkersOfAnAttemptThatIsNotEmpty() {
    SnapshotPath savepoint = store.putSavepoint(at("savepoints/attempt"), "1-a");
    store.putMarker(at("savepoints/attempt"));
    put(at("savepoints/attempt/other"), new byte[1]);

    store.delete(ACCESS, savepoint, at("savepoints")).join();

    assertThat(store.keys())
        .containsExactly("jobs/savepoints/attempt/", "jobs/savepoints/attempt/other");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void readsListingsThatComeInParts(int page) {
    limits(StorageLimits.DEFAULT, page);
    verifiesWhatFlinkWrote(Sample.NATIVE_ROCKSDB);
    findsTheNewestCompleteCheckpointOfARun();
    findsTheOneCompleteSavepoint();
  }

  @Test
  void refusesMoreThanItsLimits() {
    Sample sample = Sample.NATIVE_ROCKSDB;
    for (StorageLimits limits :
        List.of(StorageLimits.DEFAULT.withMetadataBytes(100), StorageLimits.DEFAULT.withFiles(3))) {
      limits(limits, ObjectClient.PAGE);
      put(at(sample.location()).resolve("_metadata"), sample.metadata(ACCESS.root()));

      assertThat(failure(store.verify(ACCESS, at(sample.location()))).kind())
          .isEqualTo(Kind.TooLarge);
    }
  }

  @Override
  protected SnapshotStore store() {
    return store;
  }

  @Override
  protected StorageAccess access() {
    return ACCESS;
  }

  @Override
  protected void put(SnapshotPath path, byte[] content) {
    store.put(path, content);
  }

  @Override
  protected void remove(SnapshotPath path) {
    store.remove(path);
  }

  @Override
  protected List<String> keys() {
    return store.keys().stream().filter(key -> !key.endsWith("/")).toList();
  }

  private void limits(StorageLimits limits, int page) {
    store.close();
    store = new InMemorySnapshotStore(limits, page);
  }

  private StorageException failureOf(Object result, Throwable failure) {
    return failure == null ? null : StorageException.of(failure);
  }

  private static StorageException failure(CompletableFuture<?> future) {
    return future
        .<StorageException>handle((result, failure) -> StorageException.of(failure))
        .join();
  }
}
