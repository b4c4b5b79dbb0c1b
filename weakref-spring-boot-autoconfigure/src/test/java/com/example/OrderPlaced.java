package com.example;

import org.springframework.context.ApplicationEvent;

/**
 * An event.
 */
class OrderPlaced extends ApplicationEvent {

	OrderPlaced(Object source) {
		super(source);
	}

}
