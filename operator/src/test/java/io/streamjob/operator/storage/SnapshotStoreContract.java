package io.streamjob.operator.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.spec.ClaimTerms;
import io.streamjob.operator.storage.SnapshotStore.Deletion;
import io.streamjob.operator.storage.StorageAccess.Credentials;
import io.streamjob.operator.storage.StorageException.Kind;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link SnapshotStore} does, in memory and on real servers alike. */
public abstract class SnapshotStoreContract {

  private static final byte[] SOME = "some bytes".getBytes(UTF_8);
  private static final String JOB = "00000000000000000000000000000001";
  private static final FolderOwner OURS = new FolderOwner("uid-1", "shop", "orders");
  private static final FolderOwner THEIRS = new FolderOwner("uid-2", "shop", "orders");

  /** The store under test. */
  protected abstract SnapshotStore store();

  /** Good access whose root is below the bucket and empty before each test. */
  protected abstract StorageAccess access();

  /** Writes an object, past the store. */
  protected abstract void put(SnapshotPath path, byte[] content);

  /** Removes an object, past the store. */
  protected abstract void remove(SnapshotPath path);

  /** The keys of all objects below the root that are no folder markers, past the store. */
  protected abstract List<String> keys();

  @AfterEach
  void leaveNothing() {
    keys().forEach(key -> remove(new SnapshotPath("s3", access().root().bucket(), key)));
  }

  // check

  @Test
  void acceptsAFolderThatCanBeWrittenAndLeavesNothing() {
    store().check(access(), at("new/folder")).join();

    assertThat(keys()).isEmpty();
  }

  @Test
  void removesWhatAnInterruptedCheckLeft() {
    put(at("folder/.streamjob-check"), SOME);

    store().check(access(), at("folder")).join();

    assertThat(keys()).isEmpty();
  }

  @Test
  void namesAMissingBucket() {
    SnapshotPath elsewhere = SnapshotPath.parse("s3://no-such-bucket-here/jobs");
    StorageAccess access = access(elsewhere, access().endpoint(), access().credentials());

    fails(Kind.BucketMissing, store().check(access, elsewhere));
  }

  @Test
  void namesRefusedCredentialsWithoutShowingThem() {
    Credentials wrong =
        new Credentials(access().credentials().accessKey(), "canary-secret-that-is-wrong");
    StorageAccess access = access(access().root(), access().endpoint(), wrong);

    fails(Kind.CredentialsRefused, store().check(access, access().root()));
    fails(
        Kind.CredentialsRefused,
        store().check(withAccessKey(access, "canary-unknown-key"), access().root()));
  }

  @Test
  void namesAnUnreachableServer() {
    StorageAccess access =
        access(access().root(), URI.create("http://127.0.0.1:1"), access().credentials());

    fails(Kind.Unreachable, store().check(access, access().root()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3://another-bucket/a", "s3://another-bucket"})
  void touchesNothingOutsideItsRoot(String elsewhere) {
    SnapshotPath path = SnapshotPath.parse(elsewhere);

    fails(Kind.OutsideBoundary, store().check(access(), path));
    fails(Kind.OutsideBoundary, store().claim(access(), path, OURS, ClaimTerms.ANY));
    fails(Kind.OutsideBoundary, store().find(access(), path));
    fails(Kind.OutsideBoundary, store().newestCheckpoint(access(), path));
    fails(Kind.OutsideBoundary, store().jobResult(access(), path, JOB));
    fails(Kind.OutsideBoundary, store().verify(access(), path));
    fails(Kind.OutsideBoundary, store().delete(access(), path.resolve("savepoint-1"), path));
  }

  // jobResult

  @ParameterizedTest
  @CsvSource({
    ".json, SUCCEEDED, FINISHED",
    "_DIRTY.json, SUCCEEDED, FINISHED",
    ".json, FAILED, FAILED",
    ".json, CANCELED, CANCELED"
  })
  void readsHowAJobEnded(String suffix, String written, JobState expected) {
    String result =
        """
        {"result":{"id":"%s","name":"orders","application-status":"%s","accumulator-results":{},\
        "net-runtime":61934,"failure-cause":{"class":"java.lang.Exception","stack-trace":"%s"}},"version":1}\
        """
            .formatted(JOB, written, "at ".repeat(100_000));
    put(at("results/" + JOB + suffix), result.getBytes(UTF_8));

    assertThat(result(JOB).join()).contains(expected);
    assertThat(result("0".repeat(32)).join()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "{\"result\":{\"application-status\":\"UNKNOWN\"}}"})
  void doesNotGuessHowAJobEnded(String content) {
    put(at("results/" + JOB + ".json"), content.getBytes(UTF_8));

    assertThat(fails(Kind.Corrupt, store().jobResult(access(), at("results"), JOB)))
        .hasMessageContaining(JOB);
  }

  private CompletableFuture<Optional<JobState>> result(String jobId) {
    return store().jobResult(access(), at("results"), jobId);
  }

  // claim

  @Test
  void givesAFolderToOneOwnerUntilAnotherTakesIt() {
    assertThat(claim(OURS, ClaimTerms.UNUSED)).isEqualTo(new Ownership.Owned());
    assertThat(claim(OURS, ClaimTerms.UNUSED)).isEqualTo(new Ownership.Owned());
    assertThat(claim(THEIRS, ClaimTerms.UNUSED)).isEqualTo(new Ownership.OwnedBy(OURS));
    assertThat(claim(THEIRS, ClaimTerms.UNOWNED)).isEqualTo(new Ownership.OwnedBy(OURS));

    assertThat(claim(THEIRS, ClaimTerms.ANY)).isEqualTo(new Ownership.Owned());

    assertThat(claim(OURS, ClaimTerms.UNOWNED)).isEqualTo(new Ownership.OwnedBy(THEIRS));
    assertThat(keys()).containsExactly(at("folder/_owner").key());
  }

  @RepeatedTest(5)
  void givesAFolderToOneOfManyWhoClaimItAtOnce() {
    List<CompletableFuture<Ownership>> claims =
        IntStream.range(0, 8)
            .mapToObj(i -> new FolderOwner("uid-" + i, "shop", "orders"))
            .map(owner -> store().claim(access(), at("folder"), owner, ClaimTerms.UNUSED))
            .toList();

    assertThat(claims.stream().map(CompletableFuture::join))
        .filteredOn(Ownership.Owned.class::isInstance)
        .hasSize(1);
  }

  @Test
  void doesNotGiveAFolderWithStateToANewOwner() {
    put(at("folder/ha/job/blob"), SOME);
    put(at("folder/checkpoints/0123/chk-1/state"), SOME);
    assertThat(claim(OURS, ClaimTerms.UNUSED)).isEqualTo(new Ownership.Owned());
    remove(at("folder/_owner"));
    put(at("folder/checkpoints/0123/chk-2/_metadata"), SOME);

    assertThat(claim(OURS, ClaimTerms.UNUSED))
        .isEqualTo(new Ownership.Used(at("folder/checkpoints/0123/chk-2").toString()));

    assertThat(claim(OURS, ClaimTerms.UNOWNED)).isEqualTo(new Ownership.Owned());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "nonsense", "{}", "{\"uid\":\"a\",\"namespace\":\"b\",\"name\":\"c d\"}"})
  void doesNotGuessTheOwner(String content) {
    put(at("folder/_owner"), content.getBytes(UTF_8));

    assertThat(fails(Kind.Corrupt, store().claim(access(), at("folder"), OURS, ClaimTerms.ANY)))
        .hasMessageContaining("_owner");
  }

  private Ownership claim(FolderOwner owner, ClaimTerms terms) {
    return store().claim(access(), at("folder"), owner, terms).join();
  }

  // find

  @Test
  void findsNothingInAFolderThatDoesNotExist() {
    assertThat(find()).isEqualTo(new AttemptResult.None());
  }

  @Test
  void findsAnAbandonedSavepoint() {
    put(at("attempt/savepoint-1-a/state-1"), SOME);
    put(at("attempt/savepoint-1-a/state-2"), SOME);

    assertThat(find()).isEqualTo(new AttemptResult.Incomplete(2));
  }

  @Test
  void findsTheOneCompleteSavepoint() {
    put(at("attempt/savepoint-1-a/state"), SOME);
    put(at("attempt/savepoint-1-b/state"), SOME);
    put(at("attempt/savepoint-1-b/_metadata"), SOME);
    put(at("attempt2/savepoint-1-c/_metadata"), SOME);
    put(at("attempt/other/_metadata"), SOME);

    assertThat(find()).isEqualTo(new AttemptResult.Complete(at("attempt/savepoint-1-b")));
  }

  @Test
  void doesNotChooseBetweenTwoCompleteSavepoints() {
    put(at("attempt/savepoint-1-b/_metadata"), SOME);
    put(at("attempt/savepoint-1-a/_metadata"), SOME);

    assertThat(find())
        .isEqualTo(
            new AttemptResult.Ambiguous(
                List.of(at("attempt/savepoint-1-a"), at("attempt/savepoint-1-b"))));
  }

  // newestCheckpoint

  @Test
  void findsTheNewestCompleteCheckpointOfARun() {
    put(at("run/0123/chk-9/_metadata"), SOME);
    put(at("run/0123/chk-10/_metadata"), SOME);
    put(at("run/0123/chk-11/state"), SOME);
    put(at("run/0123/chk-x/_metadata"), SOME);
    put(at("run/0123/shared/state"), SOME);
    put(at("run2/0123/chk-99/_metadata"), SOME);

    assertThat(newest()).contains(at("run/0123/chk-10"));
  }

  @Test
  void findsCheckpointsDirectlyInTheRunsFolder() {
    put(at("run/chk-2/_metadata"), SOME);

    assertThat(newest()).contains(at("run/chk-2"));
  }

  @Test
  void findsNoCheckpointWhereThereIsNone() {
    put(at("run/0123/chk-1/state"), SOME);

    assertThat(newest()).isEmpty();
  }

  // verify

  @ParameterizedTest
  @EnumSource(Sample.class)
  void verifiesWhatFlinkWrote(Sample sample) {
    putSample(sample);

    SnapshotFacts facts = store().verify(access(), at(sample.location())).join();

    assertThat(facts.metadataVersion()).isEqualTo(6);
    assertThat(facts.operators())
        .extracting(SnapshotFacts.Operator::uid)
        .contains(Optional.of("counter"), Optional.of("gen-src"));
    assertThat(facts.files()).isEqualTo(sample.files().size() + 1);
    assertThat(facts.sizeBytes())
        .isEqualTo(
            sample.metadata(access().root()).length
                + sample.files().values().stream().mapToLong(Integer::longValue).sum());
  }

  @Test
  void namesTheFileThatIsMissing() {
    putSample(Sample.NATIVE_ROCKSDB);
    String file = Sample.NATIVE_ROCKSDB.files().keySet().iterator().next();
    remove(at(file));

    assertThat(fails(Kind.Corrupt, verify(Sample.NATIVE_ROCKSDB)))
        .hasMessageContaining(at(file).name())
        .hasMessageContaining("missing");
  }

  @Test
  void namesTheSharedFileThatIsMissing() {
    putSample(Sample.CHECKPOINT_ROCKSDB);
    String file =
        Sample.CHECKPOINT_ROCKSDB.files().keySet().stream()
            .filter(path -> path.contains("/shared/"))
            .findFirst()
            .orElseThrow();
    remove(at(file));

    assertThat(fails(Kind.Corrupt, verify(Sample.CHECKPOINT_ROCKSDB)))
        .hasMessageContaining(at(file).name())
        .hasMessageContaining("missing");
  }

  @Test
  void namesTheFileThatWasCutShort() {
    putSample(Sample.CANONICAL_FILES);
    String file = Sample.CANONICAL_FILES.files().keySet().iterator().next();
    put(at(file), SOME);

    assertThat(fails(Kind.Corrupt, verify(Sample.CANONICAL_FILES)))
        .hasMessageContaining(at(file).name())
        .hasMessageContaining(SOME.length + " bytes, not exactly");
  }

  @Test
  void doesNotFollowPointersOutOfItsRoot() {
    putSample(Sample.CHECKPOINT_ROCKSDB);
    SnapshotPath location = at(Sample.CHECKPOINT_ROCKSDB.location());
    StorageAccess narrow = access(location, access().endpoint(), access().credentials());

    assertThat(fails(Kind.OutsideBoundary, store().verify(narrow, location)))
        .hasMessageContaining("/shared/");
  }

  @Test
  void saysThatThereIsNoSnapshot() {
    put(at("attempt/savepoint-1-a/state"), SOME);

    assertThat(fails(Kind.NotFound, store().verify(access(), at("attempt/savepoint-1-a"))))
        .hasMessageContaining("no _metadata");
  }

  @Test
  void saysThatTheMetadataIsNone() {
    put(at("attempt/savepoint-1-a/_metadata"), SOME);

    fails(Kind.Corrupt, store().verify(access(), at("attempt/savepoint-1-a")));
  }

  // delete

  @Test
  void deletesASnapshotAndNothingElse() {
    putSample(Sample.CANONICAL_FILES);
    SnapshotPath location = at(Sample.CANONICAL_FILES.location());
    put(location.parent().orElseThrow().resolve(location.name() + "2/_metadata"), SOME);
    put(at("savepoints/keep"), SOME);
    int files = Sample.CANONICAL_FILES.files().size() + 1;

    Deletion deletion = delete(location);

    assertThat(deletion.objects()).isEqualTo(files);
    assertThat(deletion.bytes()).isGreaterThan(0);
    assertThat(keys()).containsExactly(location.key() + "2/_metadata", at("savepoints/keep").key());
    assertThat(delete(location)).isEqualTo(new Deletion(0, 0));
  }

  @Test
  void deletesMoreFilesThanOneListingHolds() {
    SnapshotPath location = at("attempt/savepoint-1-a");
    for (int i = 0; i < ObjectClient.PAGE + 5; i++) {
      put(location.resolve("state-" + i), new byte[1]);
    }
    put(location.resolve("_metadata"), new byte[1]);

    assertThat(delete(location))
        .isEqualTo(new Deletion(ObjectClient.PAGE + 6, ObjectClient.PAGE + 6));
    assertThat(keys()).isEmpty();
    assertThat(find()).isEqualTo(new AttemptResult.None());
  }

  @Test
  void deletesAWholeAttemptAndNothingElse() {
    SnapshotPath attempt = at("savepoints/" + "0a".repeat(16));
    SnapshotPath next = at("savepoints/" + "0b".repeat(16));
    put(attempt.resolve("savepoint-1-a/0123"), SOME);
    put(attempt.resolve("savepoint-1-a/_metadata"), SOME);
    put(attempt.resolve("savepoint-1-b/0123"), SOME);
    put(attempt.resolve("stray"), SOME);
    put(next.resolve("savepoint-1-a/_metadata"), SOME);

    assertThat(delete(attempt).objects()).isEqualTo(4);
    assertThat(keys()).containsExactly(next.resolve("savepoint-1-a/_metadata").key());
    assertThat(delete(attempt)).isEqualTo(new Deletion(0, 0));
  }

  @Test
  void leavesSharedFilesOfACheckpoint() {
    putSample(Sample.CHECKPOINT_ROCKSDB);

    delete(at(Sample.CHECKPOINT_ROCKSDB.location()));

    assertThat(keys()).isNotEmpty().allMatch(key -> key.contains("/shared/"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "shop",
        "shop2/savepoint-1-a",
        "savepoint-1-a",
        "shop/folder",
        "shop/savepoint-",
        "shop/chk-",
        "shop/chk-1x"
      })
  void refusesToDeleteAnythingButASnapshotInsideTheBoundary(String location) {
    put(at(location).resolve("_metadata"), SOME);

    fails(Kind.OutsideBoundary, store().delete(access(), at(location), at("shop")));

    assertThat(keys()).hasSize(1);
  }

  protected final SnapshotPath at(String relative) {
    return access().root().resolve(relative);
  }

  private AttemptResult find() {
    return store().find(access(), at("attempt")).join();
  }

  private Optional<SnapshotPath> newest() {
    return store().newestCheckpoint(access(), at("run")).join();
  }

  private CompletableFuture<SnapshotFacts> verify(Sample sample) {
    return store().verify(access(), at(sample.location()));
  }

  private Deletion delete(SnapshotPath location) {
    return store().delete(access(), location, access().root()).join();
  }

  private void putSample(Sample sample) {
    put(at(sample.location()).resolve("_metadata"), sample.metadata(access().root()));
    sample.files().forEach((path, size) -> put(at(path), new byte[size]));
  }

  private StorageException fails(Kind kind, CompletableFuture<?> future) {
    assertThatThrownBy(future::join)
        .isInstanceOfSatisfying(
            CompletionException.class,
            thrown ->
                assertThat(StorageException.of(thrown).kind())
                    .as("the kind of '%s'", thrown.getMessage())
                    .isEqualTo(kind));
    StorageException failure = StorageException.of(future.exceptionNow());
    assertThat(failure)
        .hasMessageNotContaining("canary")
        .hasMessageNotContaining(access().credentials().secretKey());
    return failure;
  }

  private StorageAccess access(SnapshotPath root, URI endpoint, Credentials credentials) {
    return new StorageAccess(root, endpoint, access().region(), access().addressing(), credentials);
  }

  private static StorageAccess withAccessKey(StorageAccess access, String key) {
    return new StorageAccess(
        access.root(),
        access.endpoint(),
        access.region(),
        access.addressing(),
        new Credentials(key, access.credentials().secretKey()));
  }
}
