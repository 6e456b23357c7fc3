"""Figures as SVG, each with a title, a description and the same content in words; light and dark, screen and print.

``differential_bars``   the causes of one assessment, with 90 % intervals
``decibans_waterfall``  how the findings add up for one condition
``time_course``         how the leading causes moved while an interview went on
``comparison_matrix``   how often each condition shows each distinguishing feature
``icon_array``          a probability as people out of 100 or 1,000

The drawing library (Vega through vl-convert) is loaded when a figure is drawn, never before.
"""

from __future__ import annotations

from hickam.writing.figures.comparison import comparison_matrix
from hickam.writing.figures.course import CoursePoint, time_course
from hickam.writing.figures.differential import differential_bars
from hickam.writing.figures.drawing import Figure, Theme
from hickam.writing.figures.html import figure_html
from hickam.writing.figures.icons import icon_array
from hickam.writing.figures.waterfall import decibans_waterfall

__all__ = [
    "CoursePoint",
    "Figure",
    "Theme",
    "comparison_matrix",
    "decibans_waterfall",
    "differential_bars",
    "figure_html",
    "icon_array",
    "time_course",
]
