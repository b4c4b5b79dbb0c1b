package io.weakref.collection;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.weakref.GarbageCollection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link ReservationNode}.
 */
class ReservationNodeTests {

	@Test
	void aThreadKeepsItsGateIfTheOwnerEndedBeforeItSawTheGate() {
		ReservationNode.Gate turn = new ReservationNode.Gate();
		ReservationNode reservation = new ReservationNode(1, "key");
		reservation.released = true;
		reservation.wakeFirst();
		assertThat(reservation.await(turn)).isSameAs(turn);
	}

	@Test
	void aThreadOpensItsPreviousGateBeforeItWaitsAtAnother() {
		ReservationNode.Gate turn = new ReservationNode.Gate();
		ReservationNode reservation = new ReservationNode(1, "key");
		reservation.takeOver(new ReservationNode.Gate());
		reservation.released = true;
		assertThat(reservation.await(turn)).isNull();
		assertThat(turn.availablePermits()).isOne();
	}

	@Test
	void aThreadThatFindsAReservationReleasedDoesNotWait() {
		ReservationNode reservation = new ReservationNode(1, "key");
		reservation.released = true;
		assertThat(reservation.await(null)).isNull();
	}

	@Test
	@Timeout(60)
	void eachReleaseLetsOneOfTheWaitingThreadsThrough() throws Exception {
		int count = 20;
		ReservationNode.Gate gate = new ReservationNode.Gate();
		ReservationNode reservation = new ReservationNode(1, "key");
		reservation.takeOver(gate);
		AtomicInteger through = new AtomicInteger();
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			Thread thread = new Thread(() -> {
				reservation.await(null);
				through.incrementAndGet();
			});
			threads.add(thread);
			thread.start();
		}
		GarbageCollection.await(() -> gate.getQueueLength() == count);
		for (int i = 1; i < count; i++) {
			int expected = i;
			reservation.wakeFirst();
			GarbageCollection.await(() -> through.get() >= expected);
		}
		assertThat(gate.availablePermits()).isZero();
		assertThat(gate.getQueueLength()).isOne();
		assertThat(through).hasValue(count - 1);
		reservation.wakeFirst();
		for (Thread thread : threads) {
			thread.join();
		}
	}

}
