package io.weakref.benchmark;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

import com.google.common.util.concurrent.Striped;
import io.weakref.collection.WeakLocks;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

import org.springframework.integration.support.locks.DefaultLockRegistry;

/**
 * Acquires and releases the lock of a random key, which equals the key used before but is
 * a different object. Compared with Guava's {@link Striped#lazyWeakLock}, in which
 * different keys share a stripe; with Spring Integration's {@link DefaultLockRegistry}, in
 * which they also share locks, which are never dropped; and with a
 * {@link ConcurrentHashMap} that counts the users of each lock and removes the lock after
 * the last one.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 5, jvmArgsAppend = "-Xmx2g")
public class LocksBenchmark {

	@Param({ "weakLocks", "striped", "springIntegration", "byHand" })
	String locks = "weakLocks";

	@Param("10000")
	int count;

	private String[] keys = new String[0];

	private Locks all = (key) -> () -> {
	};

	@Setup
	public void fill() {
		this.keys = new String[this.count];
		for (int i = 0; i < this.count; i++) {
			this.keys[i] = "key " + i;
		}
		this.all = create();
	}

	private Locks create() {
		return switch (this.locks) {
			case "striped" -> {
				Striped<Lock> striped = Striped.lazyWeakLock(this.count);
				yield (key) -> {
					Lock lock = striped.get(key);
					lock.lock();
					return lock::unlock;
				};
			}
			case "springIntegration" -> {
				DefaultLockRegistry registry = new DefaultLockRegistry();
				yield (key) -> {
					Lock lock = registry.obtain(key);
					lock.lock();
					return lock::unlock;
				};
			}
			case "byHand" -> {
				ConcurrentHashMap<String, CountedLock> map = new ConcurrentHashMap<>();
				yield (key) -> {
					CountedLock lock = map.compute(key, CountedLock::oneMore);
					lock.lock();
					return () -> {
						lock.unlock();
						map.compute(key, CountedLock::oneLess);
					};
				};
			}
			default -> {
				WeakLocks<String> weakLocks = new WeakLocks<>();
				yield (key) -> weakLocks.lock(key)::close;
			}
		};
	}

	@Benchmark
	public void lockAndUnlock() {
		this.all.lock(key()).release();
	}

	@Benchmark
	@Threads(2)
	public void lockAndUnlockByTwo() {
		this.all.lock(key()).release();
	}

	private String key() {
		return this.keys[ThreadLocalRandom.current().nextInt(this.count)];
	}

	private interface Locks {

		Holding lock(String key);

	}

	private interface Holding {

		void release();

	}

	/** A lock and how many threads use it, which changes only inside calls of the map. */
	private static final class CountedLock extends ReentrantLock {

		private static final long serialVersionUID = 1L;

		private int users;

		static CountedLock oneMore(String key, @Nullable CountedLock present) {
			CountedLock lock = (present != null) ? present : new CountedLock();
			lock.users++;
			return lock;
		}

		static @Nullable CountedLock oneLess(String key, @Nullable CountedLock lock) {
			return (lock != null && --lock.users > 0) ? lock : null;
		}

	}

}
