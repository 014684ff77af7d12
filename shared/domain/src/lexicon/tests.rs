//! The rules of the search, in small lexicons.

use super::*;
use crate::Language;
