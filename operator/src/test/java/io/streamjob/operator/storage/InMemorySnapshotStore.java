package io.streamjob.operator.storage;

import io.streamjob.operator.storage.StorageAccess.Addressing;
import io.streamjob.operator.storage.StorageAccess.Credentials;
import io.streamjob.operator.storage.StorageException.Kind;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A store whose objects lie in memory, for tests: the real rules over one bucket, which tests may
 * fill, look at, and let fail.
 */
public final class InMemorySnapshotStore extends ObjectSnapshotStore {

  /** The one access that this store accepts. */
  public static final StorageAccess ACCESS =
      new StorageAccess(
          SnapshotPath.parse("s3://bucket/jobs"),
          URI.create("http://storage.test:9000"),
          "us-east-1",
          Addressing.PathStyle,
          new Credentials("canary-access", "canary-secret"));

  /** What every request meets from now on. */
  public enum Fault {
    None,
    Unreachable,
    BucketMissing,
    CredentialsRefused,
    AccessDenied,
    /** No answer before the operation's time is over. */
    Slow
  }

  private final NavigableMap<String, byte[]> objects = new ConcurrentSkipListMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final int page;
  private volatile Fault fault = Fault.None;
  private final AtomicInteger requestsLeft = new AtomicInteger(Integer.MAX_VALUE);
  private volatile boolean isConditional = true;
  private volatile Runnable beforeConditional = () -> {};

  public InMemorySnapshotStore() {
    this(StorageLimits.DEFAULT.withOperation(Duration.ofSeconds(10)), ObjectClient.PAGE);
  }

  /**
   * A store with limits of its own.
   *
   * @param page objects in one part of a listing
   */
  public InMemorySnapshotStore(StorageLimits limits, int page) {
    super(limits);
    this.page = page;
  }

  public void inject(Fault next) {
    fault = next;
  }

  /** Lets {@code count} more requests through; those that follow find the server unreachable. */
  public void failAfter(int count) {
    requestsLeft.set(count);
  }

  /** From now on it is a server that does not know conditional writes. */
  public void forgetConditions() {
    isConditional = false;
  }

  /** What happens just before a conditional write is carried out. */
  public void beforeConditional(Runnable what) {
    beforeConditional = what;
  }

  public void put(SnapshotPath path, byte[] content) {
    objects.put(path.key(), content.clone());
  }

  /** Puts a folder's marker object. */
  public void putMarker(SnapshotPath folder) {
    objects.put(folder.prefix(), new byte[0]);
  }

  /** Puts a complete sample of a savepoint, as {@code savepoint-<name>} in its attempt's folder. */
  public SnapshotPath putSavepoint(SnapshotPath attemptFolder, String name) {
    SnapshotPath savepoint = attemptFolder.resolve("savepoint-" + name);
    put(savepoint.resolve(METADATA), Sample.CANONICAL_INLINE.metadata(ACCESS.root()));
    return savepoint;
  }

  public void remove(SnapshotPath path) {
    objects.remove(path.key());
  }

  /** The keys of all objects, sorted. */
  public List<String> keys() {
    return List.copyOf(objects.keySet());
  }

  /** What was asked so far, in order: {@code remove jobs/a/_metadata}. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  @Override
  ObjectClient client(StorageAccess access) {
    return new Client(access);
  }

  private void request(StorageAccess access, String what) {
    requests.add(what);
    Fault met = requestsLeft.getAndDecrement() <= 0 ? Fault.Unreachable : fault;
    switch (met) {
      case None -> {}
      case Unreachable -> throw new StorageException(Kind.Unreachable, "no answer");
      case BucketMissing -> throw new StorageException(Kind.BucketMissing, "no bucket");
      case CredentialsRefused -> throw new StorageException(Kind.CredentialsRefused, "no");
      case AccessDenied -> throw new StorageException(Kind.AccessDenied, "not allowed");
      case Slow -> sleep();
    }
    if (!access.endpoint().equals(ACCESS.endpoint())) {
      throw new StorageException(Kind.Unreachable, "no such server: " + access.endpoint());
    }
    if (!access.credentials().equals(ACCESS.credentials())) {
      throw new StorageException(Kind.CredentialsRefused, "wrong keys");
    }
    if (!access.root().bucket().equals(ACCESS.root().bucket())) {
      throw new StorageException(Kind.BucketMissing, "no bucket " + access.root().bucket());
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(Duration.ofMinutes(1));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new StorageException(Kind.Unreachable, "interrupted");
    }
  }

  private final class Client implements ObjectClient {

    private final StorageAccess access;

    Client(StorageAccess access) {
      this.access = access;
    }

    @Override
    public Page list(String bucket, String prefix, Depth depth, Optional<String> from) {
      request(access, "list " + prefix);
      List<Entry> entries = new ArrayList<>();
      String last = from.orElse("");
      for (var object : objects.tailMap(last, false).entrySet()) {
        String key = shown(object.getKey(), prefix, depth);
        if (!object.getKey().startsWith(prefix) || isSeen(entries, last, key)) {
          continue;
        }
        if (entries.size() == page) {
          return new Page(entries, Optional.of(last));
        }
        entries.add(new Entry(key, key.endsWith("/") ? 0 : object.getValue().length));
        last = key;
      }
      return new Page(entries, Optional.empty());
    }

    private static boolean isSeen(List<Entry> entries, String last, String key) {
      return key.endsWith("/")
          && (key.equals(last) || entries.stream().anyMatch(entry -> entry.key().equals(key)));
    }

    private static String shown(String key, String prefix, Depth depth) {
      int slash = key.startsWith(prefix) ? key.indexOf('/', prefix.length()) : -1;
      return switch (depth) {
        case All -> key;
        case Children -> slash < 0 ? key : key.substring(0, slash + 1);
      };
    }

    @Override
    public OptionalLong size(String bucket, String key) {
      request(access, "size " + key);
      byte[] content = objects.get(key);
      return content == null ? OptionalLong.empty() : OptionalLong.of(content.length);
    }

    @Override
    public Content open(String bucket, String key) {
      request(access, "open " + key);
      byte[] content = objects.get(key);
      if (content == null) {
        throw new StorageException(Kind.NotFound, "no object " + key);
      }
      return new Content(new ByteArrayInputStream(content), content.length, tag(content));
    }

    @Override
    public void put(String bucket, String key, byte[] content) {
      request(access, "put " + key);
      objects.put(key, content.clone());
    }

    @Override
    public void put(String bucket, String key, byte[] content, Optional<String> replaced) {
      request(access, "put " + key);
      if (!isConditional) {
        throw new StorageException(Kind.Unsupported, "what are conditions?");
      }
      beforeConditional.run();
      objects.compute(
          key,
          (same, old) -> {
            if (!Optional.ofNullable(old).map(Client::tag).equals(replaced)) {
              throw new StorageException(Kind.Changed, "it is another one by now");
            }
            return content.clone();
          });
    }

    private static String tag(byte[] content) {
      return String.valueOf(Arrays.hashCode(content));
    }

    @Override
    public void remove(String bucket, List<String> keys) {
      request(access, "remove " + String.join(" ", keys));
      keys.forEach(objects::remove);
    }
  }
}
