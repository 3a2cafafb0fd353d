// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Parameter} from "../interfaces/IParameters.sol";
import {IPoolBooks} from "../interfaces/IPoolBooks.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {Bookkeeping, FeeShares} from "./Bookkeeping.sol";
import {Fees} from "./Fees.sol";
import {PoolState} from "./PoolState.sol";
import {PoolStops} from "./PoolStops.sol";
import {RedemptionFills} from "./RedemptionFills.sol";
import {RedemptionState} from "./RedemptionState.sol";
import {Redemptions} from "./Redemptions.sol";

/// @title ReportBooks
/// @dev Start and finish of a balance report. Between them B and L move by flows as always, so the difference, which
/// compares two totals of the start, is right whenever it is booked.
abstract contract ReportBooks is Fees, PoolStops, Redemptions {
    using Bookkeeping for PoolState;
    using RedemptionFills for RedemptionState;
    using SafeCast for uint256;

    address public immutable REPORT;

    constructor(Wiring memory w) {
        REPORT = w.report;
    }

    /// @dev Only the vault's sweep comes in this way. Nothing is booked here: `openReport` counts.
    receive() external payable {
        _requireCaller(address(VAULT));
    }

    /// @inheritdoc IPoolBooks
    function openReport() external nonReentrant returns (uint256 booked, uint256 liquid) {
        _requireCaller(REPORT);
        _requireNotClosed();
        VAULT.sweep();
        booked = _state.bookedWei();
        liquid = address(this).balance - _state.debts.reservedWei;
        _state.books.liquidWei = liquid.toUint88();
        _state.times.reportOpen = true;
        // A cycle without requests stays open.
        if (_redemptions.cycles[_redemptions.queue.current].shares > 0) {
            _redemptions.close(_rateDown(), _parameter(Parameter.MinimumRequestWei));
        }
    }

    /// @inheritdoc IPoolBooks
    function finishReport(int256 differenceWei) external nonReentrant {
        _requireCaller(REPORT);
        _requireNotClosed();
        if (!_state.times.reportOpen) revert NoReportOpen();
        FeeShares memory minted = _state.finish(_context(), differenceWei);
        _mintFees(minted);
    }
}
