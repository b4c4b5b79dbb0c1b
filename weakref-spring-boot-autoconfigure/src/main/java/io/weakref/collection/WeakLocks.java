package io.weakref.collection;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;

import org.jspecify.annotations.Nullable;

/**
 * One lock for each key: threads that work on equal keys exclude each other, all others
 * run side by side.
 *
 * <pre class="code">
 * try (Held held = locks.lock(accountId)) {
 *     // no other thread is here with an equal id
 * }
 * </pre>
 *
 * A key has exactly one lock for as long as any thread holds the lock or waits for it, or
 * anything refers to the lock, to one of its conditions or to a {@link Held}. After that
 * the lock and its entry are removed soon after a garbage collection, so the number of
 * keys needs no bound. Different keys never share a lock.
 * <p>
 * Locks are reentrant and not fair, as those of
 * {@link java.util.concurrent.locks.ReentrantLock} are by default. Who holds one need not
 * keep a reference to it: {@code locks.get(key).lock()} excludes others until
 * {@code locks.get(key).unlock()}, by the same thread. {@link Lock#newCondition()} works.
 * A thread that unlocks a lock which it does not hold gets an
 * {@code IllegalMonitorStateException}.
 * <p>
 * All methods are thread-safe. {@code null} is refused with a
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
	 * @return the one lock of all keys that equal this one
	 */
	public Lock get(K key) {
		return lockOf(key);
	}

	/**
	 * Acquire the lock of a key, and wait for it as long as it takes.
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
	 * Acquire the lock of a key, and wait for it unless the thread is interrupted.
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
	 * Acquire the lock of a key, and wait for it for some time.
	 * @param key the key
	 * @param wait how long to wait; not at all where it is zero or negative
	 * @return the lock, held by the calling thread until it closes this; {@code null} if
	 * the time was up before
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
	 * Return the number of locks in the table, in constant time. May for moments count
	 * one that nobody refers to any more.
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
	 * Remove the locks that nobody holds, waits for or refers to, as far as a garbage
	 * collection has found them. All others stay, as there would be two locks of one key
	 * without them.
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
	 * Return what was counted so far: a hit is a lock that was there, a miss one that was
	 * made.
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
	 * Return how many acquisitions had to wait for another thread and then had the lock.
	 * @return a number that never falls
	 */
	public long waits() {
		return this.waits.count();
	}

	/**
	 * Return how long those acquisitions have waited.
	 * @return the sum, in nanoseconds
	 */
	public long totalWaitNanos() {
		return this.waits.totalNanos();
	}

	/**
	 * A lock that a thread holds until it closes this.
	 */
	public interface Held extends AutoCloseable {

		/**
		 * Release the lock; the second time, do nothing.
		 * @throws IllegalMonitorStateException if another thread holds the lock, which
		 * then stays held
		 */
		@Override
		void close();

	}

	/**
	 * Made before the lock is acquired, so that nothing can fail between that and the
	 * return to the caller.
	 */
	private static final class Handle implements Held {

		/** The lock until it is released. Written by the thread that holds it. */
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
	 * Builds {@link WeakLocks}. The referent policy does not matter to locks.
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
		 * Make the locks.
		 * @return no lock yet
		 */
		@Override
		public WeakLocks<K> build() {
			return new WeakLocks<>(this);
		}

	}

}
