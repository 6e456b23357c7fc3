"""Feedback on a line of an answer or article, for the interfaces: the desk that keeps it."""

from hickam.store.feedback_desk import LONGEST_SUBJECT, LONGEST_TEXT, FeedbackDesk

__all__ = ["LONGEST_SUBJECT", "LONGEST_TEXT", "FeedbackDesk"]
