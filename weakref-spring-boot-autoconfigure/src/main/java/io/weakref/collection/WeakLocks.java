package io.weakref.collection;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;

import org.jspecify.annotations.Nullable;

/**
 * One lock for each key: threads that work on equal keys exclude each other, all others
 * run in parallel.
 *
 * <pre class="code">
 * try (Held held = locks.lock(accountId)) {
 *     // no other thread is here with an equal id
 * }
 * </pre>
 *
 * A key has exactly one lock as long as any thread holds the lock or waits for it, or
 * anything refers to the lock, to one of its conditions or to a {@link Held}. Otherwise
 * the lock and its entry are removed soon after a garbage collection, so the number of
 * keys need not be bounded. Keys that are not equal never share a lock.
 * <p>
 * Locks are reentrant and not fair, as those of
 * {@link java.util.concurrent.locks.ReentrantLock} are by default. A thread that holds a
 * lock need not keep a reference to it: {@code locks.get(key).lock()} excludes others
 * until the same thread calls {@code locks.get(key).unlock()}.
 * {@link Lock#newCondition()} is supported. A thread that unlocks a lock that it does not
 * hold gets an {@code IllegalMonitorStateException}.
 * <p>
 * All methods are thread-safe. A {@code null} argument causes a
 * {@code NullPointerException}. Not serializable.
 *
 * @param <K> the type of keys, compared by {@code equals}
 * @since 0.1.0
 */
public final class WeakLocks<K> implements WeakCollection {

	private final WeakTable<K, KeyLock> table;

	private final String name;

	private final boolean named;

	private final @Nullable StatsRecorder recorder;

	private final LockWaits waits = new LockWaits();

	/**
	 * Create locks with the shared cleaner.
	 */
	public WeakLocks() {
		this(builder());
	}

	private WeakLocks(Builder<K> builder) {
		this.name = builder.nameOrDefault();
		this.named = builder.name() != null;
		this.table = builder.table(this.name, this);
		this.recorder = builder.recorder();
	}

	/**
	 * Return a builder.
	 * @param <K> the type of keys
	 * @return a builder with the default settings
	 */
	public static <K> Builder<K> builder() {
		return new Builder<>();
	}

	/**
	 * Return the lock of a key.
	 * @param key the key
	 * @return the lock that all keys equal to this one share
	 */
	public Lock get(K key) {
		return lockOf(key);
	}

	/**
	 * Acquire the lock of a key, waiting as long as necessary. An interrupt does not end
	 * the wait.
	 * @param key the key
	 * @return the lock, held by the calling thread until it closes this
	 */
	public Held lock(K key) {
		Handle handle = new Handle();
		KeyLock lock = lockOf(key);
		lock.lock();
		handle.lock = lock;
		return handle;
	}

	/**
	 * Acquire the lock of a key, waiting until it is available or the calling thread is
	 * interrupted.
	 * @param key the key
	 * @return the lock, held by the calling thread until it closes this
	 * @throws InterruptedException if the calling thread is interrupted before it has the
	 * lock
	 */
	public Held lockInterruptibly(K key) throws InterruptedException {
		Handle handle = new Handle();
		KeyLock lock = lockOf(key);
		lock.lockInterruptibly();
		handle.lock = lock;
		return handle;
	}

	/**
	 * Acquire the lock of a key if no other thread holds it now.
	 * @param key the key
	 * @return the lock, held by the calling thread until it closes this; {@code null} if
	 * another thread holds it
	 */
	public @Nullable Held tryLock(K key) {
		Handle handle = new Handle();
		KeyLock lock = lockOf(key);
		if (!lock.tryLock()) {
			return null;
		}
		handle.lock = lock;
		return handle;
	}

	/**
	 * Acquire the lock of a key, waiting for at most some time.
	 * @param key the key
	 * @param wait the maximum time to wait; zero or negative not to wait
	 * @return the lock, held by the calling thread until it closes this; {@code null} if
	 * it was not acquired in time
	 * @throws InterruptedException if the calling thread is interrupted before it has the
	 * lock
	 */
	public @Nullable Held tryLock(K key, Duration wait) throws InterruptedException {
		long nanos = TimeUnit.NANOSECONDS.convert(wait);
		Handle handle = new Handle();
		KeyLock lock = lockOf(key);
		if (!lock.tryLock(nanos, TimeUnit.NANOSECONDS)) {
			return null;
		}
		handle.lock = lock;
		return handle;
	}

	private KeyLock lockOf(K key) {
		KeyLock present = this.table.get(Objects.requireNonNull(key, "key"));
		KeyLock made = null;
		if (present == null) {
			made = new KeyLock(this.waits);
			present = this.table.put(key, made, true);
		}
		if (this.recorder != null) {
			this.recorder.lookedUp(present != null);
		}
		return (present != null) ? present : Objects.requireNonNull(made);
	}

	@Override
	public WeakCacheKind kind() {
		return WeakCacheKind.LOCKS;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public boolean isNamed() {
		return this.named;
	}

	/**
	 * Return the number of locks in the table, in constant time. May briefly include
	 * locks that nothing refers to any more.
	 */
	@Override
	public int size() {
		return this.table.size();
	}

	@Override
	public int liveCount() {
		return this.table.liveCount();
	}

	@Override
	public void purge() {
		this.table.purge();
	}

	/**
	 * Remove the locks that no thread holds or waits for and that nothing refers to, as
	 * far as a garbage collection has found them. All others stay: if they were removed,
	 * a key could have two locks.
	 */
	@Override
	public void clear() {
		this.table.purge();
	}

	@Override
	public boolean isRecordingStats() {
		return this.recorder != null;
	}

	/**
	 * Return the statistics. A hit is a lookup that found a lock, a miss is one that
	 * created a lock.
	 */
	@Override
	public WeakStats stats() {
		return StatsRecorder.stats(this.recorder, this.table.purgedCount());
	}

	@Override
	public WeakAges ages() {
		return this.table.ages();
	}

	/**
	 * Return how many acquisitions had to wait for another thread and then acquired the
	 * lock.
	 * @return the count, which never decreases
	 */
	public long waits() {
		return this.waits.count();
	}

	/**
	 * Return the total time that those acquisitions have waited.
	 * @return the total, in nanoseconds
	 */
	public long totalWaitNanos() {
		return this.waits.totalNanos();
	}

	/**
	 * A lock that a thread holds until it closes this.
	 */
	public interface Held extends AutoCloseable {

		/**
		 * Release the lock. Further calls do nothing.
		 * @throws IllegalMonitorStateException if another thread holds the lock, which
		 * then stays held
		 */
		@Override
		void close();

	}

	/**
	 * Created before the lock is acquired, so that nothing can fail between the
	 * acquisition and the return to the caller.
	 */
	private static final class Handle implements Held {

		/**
		 * The lock until it is released, then {@code null}. Written by the thread that
		 * holds it.
		 */
		private @Nullable KeyLock lock;

		@Override
		public void close() {
			KeyLock lock = this.lock;
			if (lock != null) {
				lock.unlock();
				this.lock = null;
			}
		}

	}

	/**
	 * Builds {@link WeakLocks}. The referent policy has no effect on locks.
	 *
	 * @param <K> the type of keys
	 */
	public static final class Builder<K> extends WeakCollectionBuilder<Builder<K>> {

		private Builder() {
			super(WeakCacheKind.LOCKS);
		}

		@Override
		<A, B> WeakTable<A, B> table(String name, WeakCollection owner) {
			return table(name, owner, false, KeyMatch.EQUALITY, KeyRetention.OLDEST);
		}

		/**
		 * Create the locks.
		 * @return locks without any key yet
		 */
		@Override
		public WeakLocks<K> build() {
			return new WeakLocks<>(this);
		}

	}

}
