package io.weakref.collection;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

import io.weakref.GarbageCollection;
import io.weakref.reference.ReferentPolicy;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * Tests that {@link WeakSet#intern} returns one instance for all equal objects.
 */
@Timeout(60)
@Tag("slow")
class InternTests {

	private final WeakSet<Sample> set = new WeakSet<>();

	@Test
	void theFirstOfEqualObjectsRepresentsAll() {
		Sample first = new Sample(1);
		assertThat(this.set.intern(first)).isSameAs(first);
		assertThat(this.set.intern(new Sample(1))).isSameAs(first);
		assertThat(this.set.intern(first)).isSameAs(first);
		assertThat(this.set).containsExactly(first);
	}

	@Test
	void theFirstObjectStaysEvenIfTheNewestKeyIsRetained() {
		WeakSet<Sample> newest = WeakSet.<Sample>builder().keyRetention(KeyRetention.NEWEST).build();
		Sample first = new Sample(1);
		newest.intern(first);
		assertThat(newest.intern(new Sample(1))).isSameAs(first);
	}

	@Test
	void theNextObjectRepresentsAllWhenTheFirstHasDied() {
		WeakReference<Sample> first = new WeakReference<>(this.set.intern(new Sample(1)));
		GarbageCollection.until(() -> first.refersTo(null));
		Sample next = new Sample(1);
		assertThat(this.set.intern(next)).isSameAs(next);
		this.set.purge();
		assertThat(this.set.size()).isEqualTo(1);
	}

	@Test
	void aSetThatComparesByIdentityRefusesToIntern() {
		WeakSet<Sample> identity = WeakSet.<Sample>builder().name("ids").keyMatch(KeyMatch.IDENTITY).build();
		assertThatIllegalStateException().isThrownBy(() -> identity.intern(new Sample(1)))
			.withMessage("The weak set 'ids' compares by identity and cannot intern: "
					+ "build it with keyMatch(KeyMatch.EQUALITY)");
	}

	@Test
	@SuppressWarnings("NullAway") // that is the point
	void nullIsRefused() {
		assertThatNullPointerException().isThrownBy(() -> this.set.intern(null));
	}

	@Test
	void aHitIsADuplicateThatWasAvoided() {
		WeakSet<Sample> counting = WeakSet.<Sample>builder().recordStats(true).build();
		Sample first = counting.intern(new Sample(1));
		counting.intern(first);
		counting.intern(new Sample(1));
		counting.intern(new Sample(1));
		assertThat(counting.stats().hits()).isEqualTo(2);
		assertThat(counting.stats().misses()).isEqualTo(1);
		assertThat(counting.stats().puts()).isEqualTo(1);
	}

	@Test
	void stringsAreInternedWhateverTheReferentPolicySays() {
		WeakSet<String> strict = WeakSet.<String>builder().referentPolicy(ReferentPolicy.STRICT).build();
		String first = strict.intern(String.valueOf(1234567));
		assertThat(strict.intern(String.valueOf(1234567))).isSameAs(first);
	}

	@Test
	void thereAreNeverTwoLiveInstancesUnderConstantGarbageCollection() throws Exception {
		int threads = 4;
		AtomicBoolean stop = new AtomicBoolean();
		Thread collector = new Thread(() -> {
			while (!stop.get()) {
				System.gc();
			}
		});
		collector.start();
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			CyclicBarrier barrier = new CyclicBarrier(threads);
			List<Future<List<Sample>>> tasks = new ArrayList<>();
			List<Sample> interned = new ArrayList<>();
			for (int t = 0; t < threads; t++) {
				tasks.add(executor.submit(() -> {
					List<Sample> mine = new ArrayList<>();
					for (int round = 0; round < 2000; round++) {
						// At the end of a round each thread holds only what it got in
						// that round.
						mine.clear();
						for (int i = 0; i < 5; i++) {
							mine.add(this.set.intern(new Sample(i, i % 2)));
						}
						if (round % 50 == 49) {
							barrier.await();
							synchronized (interned) {
								interned.addAll(mine);
							}
							barrier.await();
							synchronized (interned) {
								for (Sample sample : interned) {
									assertThat(mine.get(sample.number)).isSameAs(sample);
								}
							}
							barrier.await();
							synchronized (interned) {
								interned.clear();
							}
							barrier.await();
						}
					}
					return mine;
				}));
			}
			for (Future<List<Sample>> task : tasks) {
				task.get();
			}
		}
		finally {
			stop.set(true);
			executor.shutdownNow();
			collector.join();
		}
	}

}
