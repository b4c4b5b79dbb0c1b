package io.weakref.collection;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;

import io.weakref.GarbageCollection;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakLocks.Held;

/**
 * Run in a separate JVM: threads enter sections that are guarded by the locks of a few
 * keys, using every way to hold a lock, while garbage is collected all the time. No
 * thread keeps a reference to a lock longer than a call, except the thread that is
 * inside. What is counted inside is guarded by the locks only. Arguments: the minimum
 * number of sections and the minimum number of seconds.
 */
final class LockStress {

	private static final int THREADS = 4;

	/** Few enough to meet, many enough that locks die all the time. */
	private static final int KEYS = 16;

	/** A few for each key, so that locks die between any two. */
	private static final int SECTIONS_PER_COLLECTION = 250;

	private final WeakCleaner cleaner = WeakCleaner.builder().threadName("stress").build();

	private final WeakLocks<Sample> locks = WeakLocks.<Sample>builder().cleaner(this.cleaner).build();

	/** How many threads are inside, by key. Written under the lock of the key only. */
	private final int[] inside = new int[KEYS];

	/** How many sections there were, by key. Written under the lock of the key only. */
	private final long[] entered = new long[KEYS];

	private final AtomicLong sections = new AtomicLong();

	private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());

	private volatile boolean stopped;

	private LockStress() {
	}

	public static void main(String[] args) throws Exception {
		new LockStress().run(Long.parseLong(args[0]), Integer.parseInt(args[1]));
	}

	private void run(long sections, int seconds) throws Exception {
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < THREADS; i++) {
			int seed = i;
			Thread thread = new Thread(() -> work(new SplittableRandom(seed)));
			threads.add(thread);
			thread.start();
		}
		long end = System.nanoTime() + seconds * 1_000_000_000L;
		int collections = 0;
		while ((System.nanoTime() - end < 0 || this.sections.get() < sections) && this.failures.isEmpty()) {
			System.gc();
			collections++;
			long enough = this.sections.get() + SECTIONS_PER_COLLECTION;
			while (this.sections.get() < enough && this.failures.isEmpty()) {
				LockSupport.parkNanos(50_000);
			}
		}
		this.stopped = true;
		for (Thread thread : threads) {
			thread.join();
		}
		if (!this.failures.isEmpty()) {
			throw new AssertionError(this.failures.get(0));
		}
		long counted = 0;
		for (long each : this.entered) {
			counted += each;
		}
		if (counted != this.sections.get()) {
			throw new AssertionError("%d sections, %d counted".formatted(this.sections.get(), counted));
		}
		GarbageCollection.until(() -> this.locks.size() == 0);
		System.out.println("sections=%d collections=%d purged=%d waits=%d".formatted(counted, collections,
				this.locks.stats().purged(), this.locks.waits()));
	}

	private void work(SplittableRandom random) {
		try {
			while (!this.stopped) {
				for (int i = 0; i < 100; i++) {
					section(random.nextInt(KEYS), random.nextInt(6), random);
				}
			}
		}
		catch (Throwable ex) {
			this.failures.add(ex);
		}
	}

	private void section(int number, int way, SplittableRandom random) throws Exception {
		switch (way) {
			case 0 -> {
				try (Held held = this.locks.lock(key(number))) {
					inside(number, random);
				}
			}
			case 1 -> {
				try (Held held = this.locks.lockInterruptibly(key(number))) {
					inside(number, random);
				}
			}
			case 2 -> {
				Held held = this.locks.tryLock(key(number));
				if (held != null) {
					inside(number, random);
					held.close();
				}
			}
			case 3 -> {
				this.locks.get(key(number)).lock();
				inside(number, random);
				this.locks.get(key(number)).unlock();
			}
			case 4 -> {
				this.locks.get(key(number)).lock();
				try (Held again = this.locks.lock(key(number))) {
					inside(number, random);
				}
				this.locks.get(key(number)).unlock();
			}
			default -> {
				Lock lock = this.locks.get(key(number));
				lock.lock();
				inside(number, random);
				// await() releases the lock and reacquires it; another thread may be
				// inside in the meantime.
				lock.newCondition().awaitNanos(1000);
				inside(number, random);
				lock.unlock();
			}
		}
	}

	private void inside(int number, SplittableRandom random) {
		if (this.inside[number]++ != 0) {
			throw new AssertionError("Two threads hold the lock of " + number);
		}
		this.entered[number]++;
		if (random.nextInt(64) == 0) {
			Thread.yield();
		}
		this.inside[number]--;
		this.sections.incrementAndGet();
	}

	/** A new key object each time. The hash codes of some collide. */
	private static Sample key(int number) {
		return new Sample(number, number % 4);
	}

}
