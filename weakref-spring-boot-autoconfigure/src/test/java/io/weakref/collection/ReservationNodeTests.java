package io.weakref.collection;

import org.junit.jupiter.api.Test;

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

}
